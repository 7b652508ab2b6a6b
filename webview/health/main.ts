import { startPanel } from "../shared/elements.js";
import { adoptStyles } from "../shared/styles.js";
import "./healthPanel.js";
import { healthStyles } from "./healthStyles.js";

startPanel();
adoptStyles(healthStyles);
document.body.append(document.createElement("cairn-health-panel"));
