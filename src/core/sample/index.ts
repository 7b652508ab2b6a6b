export { createSampleProject, type SampleProject } from "./createSampleProject.js";
