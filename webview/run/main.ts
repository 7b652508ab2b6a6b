import { startPanel } from "../shared/elements.js";
import { logStyles } from "../shared/log/index.js";
import { chartStyles } from "../shared/plot/index.js";
import { adoptStyles } from "../shared/styles.js";
import "./artifactTree.js";
import "./runPanel.js";
import { runStyles } from "./runStyles.js";

startPanel();
adoptStyles(chartStyles, logStyles, runStyles);
document.body.append(document.createElement("cairn-run-panel"));
