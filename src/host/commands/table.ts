/** A command as the palette knows it. `when` is its palette condition; `"false"` keeps it out. */
export interface CommandEntry {
  title: string;
  when?: string;
}

const FOLDER = "workbenchState != empty";
const WRITABLE = "cairn.hasProject && !cairn.readOnly";

/** Every command of Cairn. A test holds package.json and package.nls.json to this table. */
export const commandTable = {
  "cairn.runEntry": { title: "Run Entry…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.runFile": {
    title: "Run Python File as a Tracked Run",
    when: `${FOLDER} && !cairn.readOnly && editorLangId == python && resourceScheme == file`,
  },
  "cairn.runCommand": { title: "Run Command as a Tracked Run…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.stopRun": { title: "Stop Run", when: "cairn.hasActiveRuns && !cairn.readOnly" },
  "cairn.openRuns": { title: "Open Runs", when: "cairn.hasProject" },
  "cairn.openRun": { title: "Open Run", when: "cairn.hasProject" },
  "cairn.openConsole": { title: "Open Console", when: "cairn.hasProject" },
  "cairn.deleteRuns": { title: "Delete Runs", when: WRITABLE },
  "cairn.restoreRuns": { title: "Restore Runs", when: WRITABLE },
  "cairn.renameRun": { title: "Rename Run…", when: WRITABLE },
  "cairn.starRuns": { title: "Star Runs", when: WRITABLE },
  "cairn.unstarRuns": { title: "Unstar Runs", when: WRITABLE },
  "cairn.editTags": { title: "Edit Tags…", when: WRITABLE },
  "cairn.editNote": { title: "Edit Note…", when: WRITABLE },
  "cairn.runAgain": { title: "Run Again", when: WRITABLE },
  "cairn.runAgainWithChanges": { title: "Run Again with Changes…", when: WRITABLE },
  "cairn.newExperiment": { title: "New Experiment…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.renameExperiment": { title: "Rename Experiment…", when: WRITABLE },
  "cairn.deleteExperiment": { title: "Delete Experiment", when: WRITABLE },
  "cairn.restoreExperiment": { title: "Restore Experiment", when: WRITABLE },
  "cairn.copyRunId": { title: "Copy Run ID", when: "cairn.hasProject" },
  "cairn.copyEnvironment": { title: "Copy Tracking Environment", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.openSample": { title: "Open Sample Project…" },
  "cairn.showAlerts": { title: "Show Alerts…", when: "cairn.hasProject" },
  "cairn.showDiskUse": { title: "Show Disk Use…", when: "cairn.hasProject" },
  "cairn.trackTerminals": {
    title: "Track New Terminals",
    when: "cairn.hasProject && !cairn.tracksTerminals",
  },
  "cairn.untrackTerminals": {
    title: "Stop Tracking New Terminals",
    when: "cairn.hasProject && cairn.tracksTerminals",
  },
  "cairn.showHealth": { title: "Show Health", when: FOLDER },
  "cairn.refresh": { title: "Refresh", when: "cairn.hasProject" },
  "cairn.showDeleted": { title: "Show Deleted", when: "cairn.hasProject && !cairn.showDeleted" },
  "cairn.hideDeleted": { title: "Hide Deleted", when: "cairn.hasProject && cairn.showDeleted" },
  "cairn.showMore": { title: "Show More Runs", when: "false" },
  "cairn.dataAdd": { title: "Add Data Version…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.dataCheckout": { title: "Check Out Data Version…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.dataOpenVersion": { title: "Open Data at Version…", when: FOLDER },
  "cairn.dataCompare": { title: "Compare Data Versions…", when: FOLDER },
  "cairn.dataPush": { title: "Push Data…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.dataPull": { title: "Pull Data…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.dataAddRemote": { title: "Add Data Remote…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.repro": { title: "Reproduce Pipeline…", when: `${FOLDER} && !cairn.readOnly` },
  "cairn.dataShowRuns": { title: "Show Runs of Data Version…", when: "cairn.hasProject" },
  "cairn.dataOpen": { title: "Open Dataset…", when: FOLDER },
  "cairn.dataCopyPath": { title: "Copy Path of Dataset", when: FOLDER },
  "cairn.dataCopyHash": { title: "Copy Hash of Data Version", when: FOLDER },
  "cairn.dataReveal": { title: "Reveal in Data View…", when: FOLDER },
  "cairn.dataRefresh": { title: "Refresh Data", when: FOLDER },
  "cairn.dataShowMore": { title: "Show More Data", when: "false" },
  "cairn.stopEngine": { title: "Stop Engine", when: "cairn.connected" },
  "cairn.showLog": { title: "Show Log" },
} as const satisfies Record<string, CommandEntry>;

export type CommandId = keyof typeof commandTable;
