#pragma once

/// Version 1. Enumerations are stored as the numbers of their enumerators (rows.cpp pins them), times as milliseconds since 1970.
///
/// `requests` holds what transitions change and lists are filtered by, `papers` what the form said: so an update writes a short row.
namespace salam::store {

inline constexpr const char* schema_sql = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL);

CREATE TABLE meetings (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  region INTEGER NOT NULL,
  mosque TEXT NOT NULL,
  date TEXT NOT NULL,
  manager TEXT,
  addressees TEXT,
  invitees TEXT,
  forms_distributed INTEGER,
  forms_collected INTEGER,
  sequence INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX meetings_date ON meetings(date, key);

-- announced: how far the time had run when that was last announced.
CREATE TABLE meeting_deadlines (
  id INTEGER PRIMARY KEY,
  meeting INTEGER NOT NULL REFERENCES meetings(key),
  step INTEGER NOT NULL,
  due INTEGER NOT NULL,
  announced INTEGER NOT NULL DEFAULT 0,
  met_by TEXT,
  met_at INTEGER,
  met_key TEXT,
  note TEXT,
  UNIQUE (meeting, step)
);
CREATE INDEX meeting_deadlines_due ON meeting_deadlines(due, id);
CREATE INDEX meeting_deadlines_ahead ON meeting_deadlines(announced, due) WHERE met_at IS NULL AND announced < 2;

-- What a meeting's applicants are invited by, as it was put last; beside it what was approved last. writing: some of those whom it invites
-- have no message yet.
CREATE TABLE invitations (
  meeting INTEGER PRIMARY KEY REFERENCES meetings(key),
  version INTEGER NOT NULL,
  date TEXT NOT NULL,
  time TEXT NOT NULL,
  place TEXT NOT NULL,
  text TEXT NOT NULL,
  put_by TEXT NOT NULL,
  approved_by TEXT,
  approved_at INTEGER,
  approved_text TEXT,
  writing INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX invitations_writing ON invitations(meeting) WHERE writing = 1;

-- Printed with their codes before anybody wrote on them; `code` is no request's but that of the form's first one.
CREATE TABLE forms (
  id INTEGER PRIMARY KEY,
  meeting INTEGER NOT NULL REFERENCES meetings(key),
  form TEXT NOT NULL,
  code INTEGER NOT NULL UNIQUE,
  printed_at INTEGER NOT NULL,
  UNIQUE (meeting, form)
);

CREATE TABLE requests (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  code INTEGER NOT NULL UNIQUE,
  meeting INTEGER NOT NULL REFERENCES meetings(key),
  form TEXT NOT NULL,
  item INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  region INTEGER NOT NULL,
  version INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  state INTEGER NOT NULL,
  system INTEGER NOT NULL,
  upstream_code TEXT NOT NULL,
  token TEXT NOT NULL,
  intent_at INTEGER,
  registered_at INTEGER,
  attempts INTEGER NOT NULL,
  reason TEXT NOT NULL,
  progress INTEGER NOT NULL,
  progress_words TEXT NOT NULL,
  progress_at INTEGER,
  due INTEGER,
  due_stage INTEGER NOT NULL,
  told_by INTEGER,
  told_code TEXT,
  told_at INTEGER,
  told_person TEXT,
  attention INTEGER NOT NULL,
  UNIQUE (form, meeting, item)
);
CREATE INDEX requests_meeting ON requests(meeting);
CREATE INDEX requests_open ON requests(state) WHERE state < 7;
CREATE INDEX requests_due ON requests(due) WHERE due IS NOT NULL;
CREATE INDEX requests_untold ON requests(told_by) WHERE told_by IS NULL;
CREATE INDEX requests_upstream_code ON requests(upstream_code, system) WHERE upstream_code <> '';

CREATE TABLE papers (
  request INTEGER PRIMARY KEY REFERENCES requests(key),
  fingerprint TEXT NOT NULL,
  received_from TEXT NOT NULL,
  traceparent TEXT NOT NULL,
  citizen_hash TEXT NOT NULL,
  route_system INTEGER NOT NULL,
  route_rule TEXT NOT NULL,
  route_digest TEXT NOT NULL,
  route_category TEXT NOT NULL,
  kind INTEGER NOT NULL,
  category TEXT NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  name TEXT NOT NULL,
  mobile_as_written TEXT NOT NULL,
  mobile TEXT,
  national_id TEXT NOT NULL,
  address TEXT NOT NULL,
  latitude REAL,
  longitude REAL,
  original TEXT NOT NULL
);

-- What people decided of a request after the meeting, and what its system was told since; no row where there is nothing of that. Days and fields as in their C++ types.
CREATE TABLE cases (
  request INTEGER PRIMARY KEY REFERENCES requests(key),
  review_due INTEGER,
  review_decision INTEGER,
  reviewed_by TEXT,
  reviewed_at INTEGER,
  unit TEXT,
  assigned_due TEXT,
  explanation TEXT,
  note TEXT,
  assigned_by TEXT,
  assigned_at INTEGER,
  answer_channel INTEGER,
  answer TEXT,
  answered_by TEXT,
  answered_at INTEGER,
  close_reason INTEGER,
  twin TEXT,
  closed_by TEXT,
  closed_at INTEGER,
  amendment_state INTEGER NOT NULL,
  amendment_number INTEGER NOT NULL,
  amendment_fields INTEGER NOT NULL,
  amendment_under_way INTEGER NOT NULL,
  amendment_intent_at INTEGER,
  amendment_attempts INTEGER NOT NULL,
  amendment_reason TEXT NOT NULL,
  amendment_attachments INTEGER NOT NULL,
  attachments_told INTEGER NOT NULL
);

CREATE INDEX cases_review ON cases(review_due) WHERE review_due IS NOT NULL;

-- What a request said before each change of its content; what it said first stands in `papers.original` as well.
CREATE TABLE versions (
  request INTEGER NOT NULL REFERENCES requests(key),
  version INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  replaced_by TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (request, version)
);

CREATE TABLE messages (
  key INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests(key),
  id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  code TEXT NOT NULL,
  mobile TEXT NOT NULL,
  text TEXT NOT NULL,
  parts INTEGER NOT NULL,
  urgent INTEGER NOT NULL,
  state INTEGER NOT NULL,
  provider TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  uncertain_at INTEGER,
  sent_twice INTEGER NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (request, id)
);

-- By what a provider's report calls a text: its own name for one that was sent, ours for one that may have been.
CREATE INDEX messages_sent ON messages(provider_id) WHERE state = 2;
CREATE INDEX messages_unsure ON messages(id) WHERE state IN (1, 5);

-- A file stands in the folder beside the database, by its digest; a link has a url and no file.
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests(key),
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  UNIQUE (request, digest)
);
CREATE INDEX attachments_file ON attachments(digest, size, media_type) WHERE url = '';

-- slot: -1 the registration, -2 the clock, -3 the follow-up, -4 what is to be amended, else the message's id.
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests(key),
  slot INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  retry INTEGER NOT NULL,
  due INTEGER NOT NULL,
  UNIQUE (request, slot)
);
CREATE INDEX tasks_due ON tasks(lane, retry, due);

CREATE TABLE attention (
  id INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests(key),
  reason INTEGER NOT NULL,
  since INTEGER NOT NULL,
  due INTEGER NOT NULL,
  detail TEXT NOT NULL,
  settled_at INTEGER,
  settled_by TEXT,
  note TEXT
);
CREATE INDEX attention_open ON attention(reason, due, id, since, settled_at) WHERE settled_at IS NULL;
CREATE UNIQUE INDEX attention_once ON attention(request, reason) WHERE settled_at IS NULL;

-- Each belongs to a request or to a meeting, which counts its own.
CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  request INTEGER REFERENCES requests(key),
  meeting INTEGER REFERENCES meetings(key),
  sequence INTEGER NOT NULL,
  type TEXT NOT NULL,
  time INTEGER NOT NULL,
  traceparent TEXT NOT NULL,
  data TEXT NOT NULL,
  person TEXT NOT NULL,
  api_key TEXT NOT NULL,
  note TEXT NOT NULL,
  UNIQUE (request, sequence),
  CHECK ((request IS NULL) <> (meeting IS NULL))
);
CREATE UNIQUE INDEX events_meeting ON events(meeting, sequence) WHERE meeting IS NOT NULL;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests(key),
  target TEXT NOT NULL,
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  took INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX attempts_request ON attempts(request);

CREATE TABLE answers (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (caller, key)
);
CREATE INDEX answers_at ON answers(at);

-- Requests that came after the backup which this store was put back from. When one's form is entered again it keeps its id and code, by
-- which it may be registered already.
CREATE TABLE lost (
  meeting TEXT NOT NULL,
  form TEXT NOT NULL,
  item INTEGER NOT NULL,
  id BLOB NOT NULL,
  code INTEGER NOT NULL,
  PRIMARY KEY (meeting, form, item)
);

-- How many requests stand where: kept with each commit, so that figures need no walk over a million rows.
CREATE TABLE tallies (
  state INTEGER NOT NULL,
  system INTEGER NOT NULL,
  told INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (state, system, told)
);
)sql";

}  // namespace salam::store
