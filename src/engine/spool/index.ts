export { SpoolIntake, type SpoolIntakeOptions } from "./spoolIntake.js";
