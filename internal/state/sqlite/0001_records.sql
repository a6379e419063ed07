-- Times are Unix microseconds, UTC; NULL stands for none. Lists and structures are JSON text.
-- Keys and indexes of everything that belongs to a tenant begin with the tenant.

CREATE TABLE tenants (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  zone    TEXT NOT NULL,
  created BIGINT
);

CREATE TABLE sites (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  id     TEXT NOT NULL,
  name   TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE people (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  display_name  TEXT NOT NULL,
  role          TEXT NOT NULL,
  language      TEXT NOT NULL,
  all_tenants   BOOLEAN NOT NULL,
  disabled      BOOLEAN NOT NULL,
  created       BIGINT,
  password_hash TEXT NOT NULL
);

CREATE TABLE person_tenants (
  person TEXT NOT NULL REFERENCES people (id),
  tenant TEXT NOT NULL REFERENCES tenants (id),
  PRIMARY KEY (person, tenant)
);

CREATE TABLE sessions (
  id          TEXT PRIMARY KEY,
  person      TEXT NOT NULL REFERENCES people (id),
  name        TEXT NOT NULL,
  created     BIGINT NOT NULL,
  last_used   BIGINT NOT NULL,
  expires     BIGINT,
  secret_hash TEXT NOT NULL UNIQUE
);
CREATE INDEX sessions_person ON sessions (person, created);

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      BIGINT NOT NULL,
  by_id   TEXT NOT NULL,
  by_name TEXT NOT NULL,
  action  TEXT NOT NULL,
  target  TEXT NOT NULL,
  tenant  TEXT NOT NULL,
  detail  TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE TRIGGER audit_keeps_lines BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER audit_keeps_ids BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE sources (
  tenant     TEXT NOT NULL REFERENCES tenants (id),
  id         TEXT NOT NULL UNIQUE,
  site       TEXT NOT NULL,
  name       TEXT NOT NULL,
  format     TEXT NOT NULL,
  zone       TEXT NOT NULL,
  port       INTEGER NOT NULL,
  senders    TEXT NOT NULL,
  created    BIGINT,
  off        BOOLEAN NOT NULL,
  token_hash TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE source_headers (
  source TEXT NOT NULL REFERENCES sources (id),
  stream TEXT NOT NULL,
  header TEXT NOT NULL,
  PRIMARY KEY (source, stream)
);

CREATE TABLE items (
  tenant        TEXT NOT NULL,
  id            TEXT NOT NULL,
  number        BIGINT NOT NULL,
  site          TEXT NOT NULL,
  rule          TEXT NOT NULL,
  title         TEXT NOT NULL,
  title_ja      TEXT NOT NULL,
  level         INTEGER NOT NULL,
  phase         INTEGER NOT NULL,
  subject_kind  TEXT NOT NULL,
  subject       TEXT NOT NULL,
  first         BIGINT NOT NULL,
  last          BIGINT NOT NULL,
  -- What follows is kept in step with alerts and judgements in the transaction that changes them.
  alerts        INTEGER NOT NULL,
  latest        TEXT,
  judgement     BIGINT,
  open          BOOLEAN NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, number)
);
CREATE INDEX items_queue ON items (tenant, open, level DESC, first, judgement);
CREATE INDEX items_judged ON items (tenant, open, last);
CREATE INDEX items_last ON items (tenant, last);
CREATE INDEX items_rule ON items (tenant, rule, last);

CREATE TABLE alerts (
  tenant          TEXT NOT NULL,
  id              TEXT NOT NULL,
  item            TEXT NOT NULL,
  site            TEXT NOT NULL,
  time            BIGINT NOT NULL,
  rule            TEXT NOT NULL,
  title           TEXT NOT NULL,
  title_ja        TEXT NOT NULL,
  detector        TEXT NOT NULL,
  level           INTEGER NOT NULL,
  phase           INTEGER NOT NULL,
  tactics         TEXT NOT NULL,
  techniques      TEXT NOT NULL,
  device_severity TEXT NOT NULL,
  events          TEXT NOT NULL,
  dataset         TEXT NOT NULL,
  source          TEXT NOT NULL,
  matched         TEXT NOT NULL,
  entities        TEXT NOT NULL,
  summary         TEXT NOT NULL,
  host            TEXT NOT NULL,
  person          TEXT NOT NULL,
  source_ip       TEXT NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, item) REFERENCES items (tenant, id)
);
CREATE INDEX alerts_item ON alerts (tenant, item, time, id);
CREATE INDEX alerts_rule ON alerts (tenant, rule, time);

CREATE TABLE judgements (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant    TEXT NOT NULL,
  item      TEXT NOT NULL,
  verdict   TEXT NOT NULL,
  alerts    INTEGER NOT NULL,
  by_id     TEXT NOT NULL,
  by_name   TEXT NOT NULL,
  at        BIGINT NOT NULL,
  comment   TEXT NOT NULL,
  FOREIGN KEY (tenant, item) REFERENCES items (tenant, id)
);
CREATE INDEX judgements_item ON judgements (tenant, item, id);

CREATE TABLE incidents (
  tenant     TEXT NOT NULL,
  id         TEXT NOT NULL,
  year       INTEGER NOT NULL,
  number     BIGINT NOT NULL,
  level      INTEGER NOT NULL,
  phase      INTEGER NOT NULL,
  first      BIGINT NOT NULL,
  last       BIGINT NOT NULL,
  title      TEXT NOT NULL,
  title_ja   TEXT NOT NULL,
  status     TEXT NOT NULL,
  merged_to  TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, year, number)
);
CREATE INDEX incidents_last ON incidents (tenant, merged_to, last);

CREATE TABLE members (
  tenant   TEXT NOT NULL,
  item     TEXT NOT NULL,
  incident TEXT NOT NULL,
  position INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  PRIMARY KEY (tenant, item),
  FOREIGN KEY (tenant, item) REFERENCES items (tenant, id),
  FOREIGN KEY (tenant, incident) REFERENCES incidents (tenant, id)
);
CREATE INDEX members_incident ON members (tenant, incident, position);

CREATE TABLE cursors (
  epoch     BIGINT NOT NULL,
  part      INTEGER NOT NULL,
  seq       BIGINT NOT NULL,
  rule_set  TEXT NOT NULL,
  PRIMARY KEY (epoch, part)
);

CREATE TABLE rule_spans (
  epoch     BIGINT NOT NULL,
  part      INTEGER NOT NULL,
  from_seq  BIGINT NOT NULL,
  to_seq    BIGINT NOT NULL,
  rule_set  TEXT NOT NULL,
  PRIMARY KEY (epoch, part, from_seq)
);

CREATE TABLE snapshots (
  epoch     BIGINT NOT NULL,
  part      INTEGER NOT NULL,
  stage     TEXT NOT NULL,
  seq       BIGINT NOT NULL,
  data      BLOB NOT NULL,
  PRIMARY KEY (epoch, part, stage)
);

CREATE TABLE rule_sets (
  version TEXT PRIMARY KEY,
  files   BLOB NOT NULL
);
