import { startPanel } from "../shared/elements.js";
import { gridStyles } from "../shared/grid/index.js";
import { chartStyles } from "../shared/plot/index.js";
import { adoptStyles } from "../shared/styles.js";
import "../shared/picker.js";
import { pickerStyles } from "../shared/picker.js";
import { popupStyles } from "../shared/popup.js";
import "./splitter.js";
import "./runsPanel.js";
import { runsStyles } from "./runsStyles.js";

startPanel();
adoptStyles(gridStyles, popupStyles, pickerStyles, chartStyles, runsStyles);
document.body.append(document.createElement("cairn-runs-panel"));
