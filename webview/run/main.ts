import { startPanel } from "../shared/elements.js";
import { gridStyles } from "../shared/grid/index.js";
import { tableStyles } from "../shared/table/index.js";
import { logStyles } from "../shared/log/index.js";
import { chartStyles } from "../shared/plot/index.js";
import { adoptStyles } from "../shared/styles.js";
import { artifactStyles } from "./artifacts/artifactStyles.js";
import { captureStyles } from "./captureStyles.js";
import "./runPanel.js";
import { runStyles } from "./runStyles.js";

startPanel();
adoptStyles(chartStyles, logStyles, gridStyles, tableStyles, runStyles, artifactStyles, captureStyles);
document.body.append(document.createElement("cairn-run-panel"));
