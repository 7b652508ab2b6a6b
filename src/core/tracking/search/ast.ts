/** The kinds of things that a filter or an order can speak of, by MLflow's names. */
export type Entity = "attribute" | "metric" | "parameter" | "tag" | "dataset";

export type Comparator =
  "=" | "!=" | ">" | ">=" | "<" | "<=" | "LIKE" | "ILIKE" | "IN" | "NOT IN" | "IS NULL" | "IS NOT NULL";

export interface Operand {
  entity: Entity;
  key: string;
}

/** One comparison. A number for metrics and numeric attributes, a list for IN, nothing for IS NULL. */
export interface Clause extends Operand {
  comparator: Comparator;
  value: string | number | readonly string[] | null;
}

/** A filter: all of its clauses must hold. */
export type Filter = readonly Clause[];

export interface Order extends Operand {
  ascending: boolean;
}

/** What a search can speak of; the grammar itself is the same for runs, experiments and logged models. */
export interface Grammar {
  entities: readonly Entity[];
  /** Attributes that can be filtered by, by type. */
  numericAttributes: readonly string[];
  textAttributes: readonly string[];
  /** Other names of attributes. */
  aliases: Readonly<Record<string, string>>;
  /** Attributes that IN takes; all text attributes when absent. */
  listAttributes?: readonly string[];
  /** Entities that IS NULL takes. */
  nullable: readonly Entity[];
}

export const RUNS: Grammar = {
  entities: ["metric", "parameter", "tag", "attribute", "dataset"],
  numericAttributes: ["end_time", "start_time"],
  textAttributes: ["artifact_uri", "run_id", "run_name", "status", "user_id"],
  aliases: {
    created: "start_time",
    Created: "start_time",
    "run name": "run_name",
    "Run name": "run_name",
    "Run Name": "run_name",
  },
  listAttributes: ["run_id"],
  nullable: ["tag", "parameter"],
};

export const EXPERIMENTS: Grammar = {
  entities: ["attribute", "tag"],
  numericAttributes: ["creation_time", "last_update_time"],
  textAttributes: ["experiment_id", "name"],
  aliases: {},
  listAttributes: ["experiment_id"],
  nullable: ["tag"],
};

export const MODELS: Grammar = {
  entities: ["attribute", "metric", "parameter", "tag"],
  numericAttributes: ["creation_timestamp", "last_updated_timestamp"],
  textAttributes: ["model_id", "model_type", "name", "source_run_id", "status"],
  aliases: {
    creation_time: "creation_timestamp",
    creation_timestamp_ms: "creation_timestamp",
    last_updated_time: "last_updated_timestamp",
    last_updated_timestamp_ms: "last_updated_timestamp",
  },
  nullable: [],
};
