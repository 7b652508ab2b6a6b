#!/usr/bin/env python
# coding: utf-8

# # Which digit is it?
# 
# A first look at the digits of scikit-learn.

# In[ ]:


import mlflow
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

# In[ ]:


digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(digits.data, digits.target, random_state=0)
x_train.shape

# ## Train

# In[ ]:


mlflow.autolog(log_models=False, silent=True)
with mlflow.start_run():
    model = LogisticRegression(C=0.01, max_iter=200).fit(x_train, y_train)
    accuracy = model.score(x_test, y_test)
    mlflow.log_metric("accuracy", accuracy)
print(f"{accuracy:.3f} of the digits are right")
