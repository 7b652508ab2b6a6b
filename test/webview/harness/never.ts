export const never = Symbol("never answered");
