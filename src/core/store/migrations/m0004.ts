import type { Migration } from "./types.js";

/** Of a packed content the recipes that were not taken, as JSON: recipe, bytes, and whether it was given up there. */
export const m0004: Migration = {
  up(database) {
    database.exec("ALTER TABLE data_object ADD COLUMN tried TEXT");
  },
};
