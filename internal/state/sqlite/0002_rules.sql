-- The rule set that evaluates live events; its files stand in rule_sets.
CREATE TABLE rules_in_force (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT   NOT NULL,
  since   BIGINT NOT NULL
);

-- How many events of an hour of event time a rule failed on.
CREATE TABLE rule_gaps (
  tenant TEXT    NOT NULL,
  rule   TEXT    NOT NULL,
  hour   BIGINT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (tenant, rule, hour)
) WITHOUT ROWID;
