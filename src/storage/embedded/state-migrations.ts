/**
 * The schema, one step per version; `PRAGMA user_version` counts the steps a file has had. A released step never changes.
 * Times are REAL because a device may report fractions of a millisecond; SQLite keeps whole ones as integers all the same.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE facility (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    district TEXT NOT NULL,
    road TEXT NOT NULL,
    longitude REAL,
    latitude REAL,
    fed_by TEXT,
    gateway TEXT,
    labels TEXT NOT NULL CHECK (json_valid(labels)),
    rated TEXT NOT NULL CHECK (json_valid(rated)),
    mode TEXT NOT NULL
  ) STRICT;

  CREATE TABLE alarm (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    facility TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    priority TEXT NOT NULL,
    active INTEGER NOT NULL,
    latching INTEGER NOT NULL,
    latched INTEGER NOT NULL,
    shelvable INTEGER NOT NULL,
    acknowledged TEXT CHECK (json_valid(acknowledged)),
    shelved TEXT CHECK (json_valid(shelved)),
    out_of_service INTEGER NOT NULL,
    raised REAL NOT NULL,
    activated REAL NOT NULL,
    returned REAL,
    ended REAL,
    occurrences TEXT NOT NULL CHECK (json_valid(occurrences)),
    occurrence_count INTEGER NOT NULL,
    comments TEXT NOT NULL CHECK (json_valid(comments)),
    evidence TEXT NOT NULL CHECK (json_valid(evidence)),
    version INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX alarm_live ON alarm (facility, rule) WHERE ended IS NULL;
  CREATE INDEX alarm_facility ON alarm (facility, id);
  CREATE INDEX alarm_raised ON alarm (raised);

  CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    applied_position INTEGER NOT NULL,
    applied_tick REAL NOT NULL,
    detected_position INTEGER NOT NULL,
    stored_position INTEGER NOT NULL,
    resumed_at REAL NOT NULL
  ) STRICT;
  INSERT INTO progress VALUES (1, -1, 0, -1, -1, 0);

  CREATE TABLE detection_snapshot (
    facility INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    layout TEXT NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;

  CREATE TABLE user (
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL
  ) STRICT;

  CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    created REAL NOT NULL,
    last_seen REAL NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
  CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
  `,
  `
  ALTER TABLE facility ADD COLUMN name_en TEXT NOT NULL DEFAULT '';
  ALTER TABLE facility ADD COLUMN road_class TEXT;
  ALTER TABLE facility ADD COLUMN key_area INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE facility ADD COLUMN owner TEXT NOT NULL DEFAULT '';
  ALTER TABLE facility ADD COLUMN circuit INTEGER;

  ALTER TABLE alarm ADD COLUMN suppressed TEXT CHECK (json_valid(suppressed));
  ALTER TABLE alarm ADD COLUMN affects INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX alarm_suppressed ON alarm (json_extract(suppressed, '$.by')) WHERE suppressed IS NOT NULL;

  CREATE TABLE facility_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    facility TEXT NOT NULL,
    at REAL NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    changes TEXT NOT NULL CHECK (json_valid(changes)),
    description TEXT CHECK (json_valid(description))
  ) STRICT;
  CREATE INDEX facility_version_facility ON facility_version (facility, id);
  CREATE TRIGGER facility_version_unchanged BEFORE UPDATE ON facility_version
    BEGIN SELECT RAISE(ABORT, 'versions of a facility are never changed'); END;
  CREATE TRIGGER facility_version_kept BEFORE DELETE ON facility_version
    BEGIN SELECT RAISE(ABORT, 'versions of a facility are never removed'); END;

  CREATE TABLE facility_group (
    name TEXT PRIMARY KEY,
    rank INTEGER NOT NULL,
    query TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;

  CREATE TABLE rule_override (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    group_name TEXT REFERENCES facility_group (name),
    facility TEXT,
    rule TEXT NOT NULL,
    changes TEXT NOT NULL CHECK (json_valid(changes)),
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL,
    CHECK (group_name IS NULL OR facility IS NULL)
  ) STRICT;
  CREATE UNIQUE INDEX rule_override_scope ON rule_override (kind, rule, coalesce(group_name, ''), coalesce(facility, ''));
  CREATE INDEX rule_override_facility ON rule_override (facility) WHERE facility IS NOT NULL;
  CREATE TABLE facility_staging (
    number INTEGER PRIMARY KEY,
    import TEXT NOT NULL,
    description TEXT NOT NULL,
    changes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX facility_staging_import ON facility_staging (import, number);
  CREATE TABLE facility_import (
    id TEXT PRIMARY KEY,
    at REAL NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE alarm ADD COLUMN base_priority TEXT NOT NULL DEFAULT '';
  UPDATE alarm SET base_priority = priority;
  ALTER TABLE alarm ADD COLUMN escalated TEXT CHECK (json_valid(escalated));
  ALTER TABLE alarm ADD COLUMN reminders TEXT CHECK (json_valid(reminders));
  ALTER TABLE alarm ADD COLUMN act_by REAL NOT NULL DEFAULT 0;
  -- Until now nobody was expected to answer in time: what is live counts as if it came at the upgrade.
  UPDATE alarm SET act_by = iif(ended IS NULL, round(unixepoch('subsec') * 1000), activated);
  ALTER TABLE alarm ADD COLUMN comment_count INTEGER NOT NULL DEFAULT 0;
  UPDATE alarm SET comment_count = json_array_length(comments);
  ALTER TABLE alarm ADD COLUMN reset_request TEXT CHECK (json_valid(reset_request));
  ALTER TABLE alarm ADD COLUMN chattering TEXT CHECK (json_valid(chattering));
  ALTER TABLE alarm ADD COLUMN historical INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alarm ADD COLUMN told_since REAL;
  ALTER TABLE alarm ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
  UPDATE alarm SET told_since = act_by, unanswered = 1
    WHERE ended IS NULL AND acknowledged IS NULL AND shelved IS NULL AND suppressed IS NULL AND out_of_service = 0;
  -- The usual time to act of rules of that priority.
  UPDATE alarm SET act_by = act_by + 60000 * CASE priority WHEN 'critical' THEN 5 WHEN 'high' THEN 30 ELSE 240 END;
  UPDATE alarm SET evidence = json_set(evidence, '$.ruleVersion', '');
  CREATE INDEX alarm_live_id ON alarm (id) WHERE ended IS NULL;
  CREATE INDEX alarm_live_raised ON alarm (raised) WHERE ended IS NULL;
  CREATE INDEX alarm_ended ON alarm (ended) WHERE ended IS NOT NULL;
  CREATE INDEX alarm_rule ON alarm (rule, raised);
  DROP INDEX alarm_facility;
  CREATE INDEX alarm_facility ON alarm (facility, raised);
  DROP INDEX alarm_suppressed;
  CREATE INDEX alarm_suppressed ON alarm (json_extract(suppressed, '$.by'), raised) WHERE suppressed IS NOT NULL;

  CREATE TABLE rule_texts (
    hash TEXT PRIMARY KEY,
    texts TEXT NOT NULL CHECK (json_valid(texts))
  ) STRICT;
  ALTER TABLE alarm ADD COLUMN texts TEXT REFERENCES rule_texts (hash);

  CREATE TABLE alarm_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm INTEGER NOT NULL,
    at REAL NOT NULL,
    recorded REAL NOT NULL,
    type TEXT NOT NULL,
    by TEXT,
    detail TEXT NOT NULL DEFAULT '',
    facility TEXT NOT NULL,
    rule TEXT NOT NULL,
    priority TEXT NOT NULL,
    told INTEGER NOT NULL,
    announced INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX alarm_event_alarm ON alarm_event (alarm, id);
  CREATE INDEX alarm_event_recorded ON alarm_event (recorded);

  CREATE TABLE alarm_samples (
    alarm INTEGER NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
    activated REAL NOT NULL,
    points TEXT NOT NULL CHECK (json_valid(points)),
    due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    samples TEXT CHECK (json_valid(samples)),
    PRIMARY KEY (alarm, activated)
  ) STRICT;
  CREATE INDEX alarm_samples_due ON alarm_samples (due) WHERE samples IS NULL;
  CREATE INDEX alarm_samples_activated ON alarm_samples (activated);

  CREATE TABLE flood (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started REAL NOT NULL,
    recognised REAL NOT NULL,
    ended REAL,
    alarms INTEGER NOT NULL,
    peak INTEGER NOT NULL,
    peak_at REAL NOT NULL,
    review TEXT CHECK (json_valid(review))
  ) STRICT;
  CREATE UNIQUE INDEX flood_running ON flood (coalesce(ended, 0)) WHERE ended IS NULL;

  CREATE TABLE rule_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    group_name TEXT,
    facility TEXT,
    rule TEXT NOT NULL,
    action TEXT NOT NULL,
    changes_before TEXT CHECK (json_valid(changes_before)),
    changes_after TEXT CHECK (json_valid(changes_after)),
    reverts_to INTEGER REFERENCES rule_version (id),
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  CREATE INDEX rule_version_rule ON rule_version (kind, rule, id);
  CREATE INDEX rule_version_facility ON rule_version (facility, id) WHERE facility IS NOT NULL;
  CREATE TRIGGER rule_version_unchanged BEFORE UPDATE ON rule_version
    BEGIN SELECT RAISE(ABORT, 'versions of a rule are never changed'); END;
  CREATE TRIGGER rule_version_kept BEFORE DELETE ON rule_version
    BEGIN SELECT RAISE(ABORT, 'versions of a rule are never removed'); END;
  INSERT INTO rule_version (kind, group_name, facility, rule, action, changes_after, reason, by, at)
    SELECT kind, group_name, facility, rule, 'put', changes, reason, by, at FROM rule_override ORDER BY id;
  ALTER TABLE rule_override ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  UPDATE rule_override SET version = (SELECT max(id) FROM rule_version v WHERE v.kind = rule_override.kind AND v.rule = rule_override.rule
    AND v.group_name IS rule_override.group_name AND v.facility IS rule_override.facility);

  CREATE TABLE alarm_policy (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    policy TEXT NOT NULL CHECK (json_valid(policy)),
    since REAL NOT NULL
  ) STRICT;

  ALTER TABLE detection_snapshot ADD COLUMN tick REAL;
  ALTER TABLE detection_snapshot ADD COLUMN resumed_at REAL;
  `,
  `
  -- devices
  CREATE TABLE device (
    id TEXT PRIMARY KEY,
    sort TEXT NOT NULL,
    topics TEXT NOT NULL CHECK (json_valid(topics)),
    subscriptions TEXT NOT NULL CHECK (json_valid(subscriptions)),
    limits TEXT CHECK (json_valid(limits)),
    disabled INTEGER NOT NULL,
    note TEXT NOT NULL,
    created REAL NOT NULL
  ) STRICT;
  CREATE TABLE device_credential (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL,
    last_used REAL,
    fingerprint TEXT,
    salt BLOB,
    hash BLOB
  ) STRICT;
  CREATE INDEX device_credential_device ON device_credential (device);
  CREATE TABLE claim_code (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    devices TEXT NOT NULL CHECK (json_valid(devices)),
    claimed TEXT NOT NULL CHECK (json_valid(claimed)),
    expires REAL NOT NULL,
    created REAL NOT NULL,
    by TEXT NOT NULL
  ) STRICT;

  -- people
  ALTER TABLE user ADD COLUMN display_name TEXT NOT NULL DEFAULT '';
  ALTER TABLE user ADD COLUMN scope TEXT NOT NULL DEFAULT '{"districts":"all","domains":"all"}' CHECK (json_valid(scope));
  ALTER TABLE user ADD COLUMN created REAL NOT NULL DEFAULT 0;
  ALTER TABLE user ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
  ALTER TABLE user ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE user ADD COLUMN password_changed REAL;
  ALTER TABLE user ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE user ADD COLUMN last_sign_in REAL;
  ALTER TABLE user ADD COLUMN second_factor_asked REAL;
  ALTER TABLE session ADD COLUMN lasting INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
  ALTER TABLE session ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
  CREATE INDEX session_user ON session (user);

  CREATE TABLE second_factor (
    user TEXT PRIMARY KEY REFERENCES user (name) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    confirmed REAL NOT NULL,
    last_step INTEGER NOT NULL,
    recovery TEXT NOT NULL CHECK (json_valid(recovery))
  ) STRICT;

  CREATE TABLE api_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    key_hash TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (json_valid(scope)),
    created REAL NOT NULL,
    expires REAL NOT NULL,
    last_used REAL,
    revoked REAL
  ) STRICT;
  CREATE INDEX api_key_owner ON api_key (owner);

  CREATE TABLE invitation (
    user TEXT PRIMARY KEY REFERENCES user (name) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    created REAL NOT NULL,
    created_by TEXT NOT NULL,
    expires REAL NOT NULL
  ) STRICT;

  CREATE TABLE known_device (
    token_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    last_used REAL NOT NULL
  ) STRICT;
  CREATE INDEX known_device_user ON known_device (user, last_used);

  -- audit
  CREATE TABLE audit_hash (
    id INTEGER PRIMARY KEY REFERENCES audit (id),
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_hash_unchanged BEFORE UPDATE ON audit_hash BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
  CREATE TRIGGER audit_hash_kept BEFORE DELETE ON audit_hash BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
  CREATE INDEX audit_by ON audit (by, id);
  CREATE INDEX audit_action ON audit (action, id);
  CREATE INDEX audit_subject ON audit (subject, id);
  CREATE INDEX audit_at ON audit (at, id);

  -- profiles
  CREATE TABLE device_profile (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    dialect TEXT NOT NULL,
    kind TEXT NOT NULL,
    codec TEXT,
    fields TEXT NOT NULL CHECK (json_valid(fields)),
    topics TEXT CHECK (json_valid(topics)),
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  CREATE TABLE device_binding (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dialect TEXT NOT NULL,
    address TEXT NOT NULL,
    facility TEXT NOT NULL,
    profile TEXT NOT NULL REFERENCES device_profile (id),
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX device_binding_address ON device_binding (dialect, address, iif(dialect = 'mapped', profile, ''));
  CREATE INDEX device_binding_facility ON device_binding (facility);
  CREATE INDEX device_binding_profile ON device_binding (profile);

  -- codecs
  CREATE TABLE vendor_codec_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    codec TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT,
    samples TEXT NOT NULL CHECK (json_valid(samples)),
    forced INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  CREATE INDEX vendor_codec_version_codec ON vendor_codec_version (codec, id);
  CREATE TRIGGER vendor_codec_version_unchanged BEFORE UPDATE ON vendor_codec_version
    BEGIN SELECT RAISE(ABORT, 'versions of a codec are never changed'); END;
  CREATE TRIGGER vendor_codec_version_kept BEFORE DELETE ON vendor_codec_version
    BEGIN SELECT RAISE(ABORT, 'versions of a codec are never removed'); END;
  CREATE TABLE vendor_codec (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES vendor_codec_version (id)
  ) STRICT;

  -- brokers
  CREATE TABLE broker_connection (
    id TEXT PRIMARY KEY,
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  -- What is retained on the broker of a connection, which may be gone, for others to read along.
  CREATE TABLE read_along (
    connection TEXT PRIMARY KEY,
    topics TEXT NOT NULL CHECK (json_valid(topics))
  ) STRICT;

  -- scopes
  CREATE INDEX facility_scope ON facility (kind, district, id);
  CREATE INDEX alarm_event_facility ON alarm_event (facility, recorded);

  -- views of pages
  CREATE TABLE kept_view (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    page TEXT NOT NULL,
    shared INTEGER NOT NULL,
    search TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX kept_view_name ON kept_view (owner, page, name);
  CREATE TRIGGER kept_view_owner AFTER DELETE ON user
    BEGIN DELETE FROM kept_view WHERE owner = old.name AND shared = 0; END;
  CREATE TABLE first_kept_view (
    person TEXT PRIMARY KEY REFERENCES user (name) ON DELETE CASCADE,
    view INTEGER NOT NULL REFERENCES kept_view (id) ON DELETE CASCADE
  ) STRICT;
  -- map
  CREATE TABLE map_roads (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    tag TEXT NOT NULL,
    content BLOB NOT NULL,
    lines INTEGER NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;

  -- orders
  CREATE TABLE work_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,
    over INTEGER NOT NULL,
    work_group TEXT NOT NULL,
    district TEXT NOT NULL,
    domain TEXT NOT NULL,
    created REAL NOT NULL,
    closed REAL,
    crews TEXT NOT NULL CHECK (json_valid(crews)),
    facilities TEXT NOT NULL CHECK (json_valid(facilities)),
    body TEXT NOT NULL CHECK (json_valid(body)),
    -- The place in the chain of those who are asked.
    step INTEGER NOT NULL DEFAULT -1,
    until REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX work_order_over ON work_order (over, id);
  CREATE INDEX work_order_group ON work_order (work_group, id);
  CREATE INDEX work_order_closed ON work_order (closed) WHERE closed IS NOT NULL;
  CREATE TABLE work_order_alarm (
    alarm INTEGER NOT NULL,
    work_order INTEGER NOT NULL REFERENCES work_order (id),
    PRIMARY KEY (alarm, work_order)
  ) STRICT;
  CREATE INDEX work_order_alarm_order ON work_order_alarm (work_order);
  CREATE TABLE work_order_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    work_order INTEGER NOT NULL REFERENCES work_order (id),
    at REAL NOT NULL,
    recorded REAL NOT NULL,
    by TEXT NOT NULL,
    crew TEXT NOT NULL,
    type TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX work_order_event_order ON work_order_event (work_order, id);
  CREATE INDEX work_order_event_recorded ON work_order_event (recorded, id);
  CREATE TRIGGER work_order_event_unchanged BEFORE UPDATE ON work_order_event
    BEGIN SELECT RAISE(ABORT, 'the log of an order is never changed'); END;
  CREATE TABLE work_order_photo (
    id TEXT PRIMARY KEY,
    work_order INTEGER NOT NULL REFERENCES work_order (id),
    at REAL NOT NULL,
    by TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    type TEXT NOT NULL
  ) STRICT;
  CREATE INDEX work_order_photo_order ON work_order_photo (work_order);
  CREATE TABLE taken_action (
    id TEXT PRIMARY KEY,
    work_order INTEGER NOT NULL REFERENCES work_order (id),
    outcome TEXT NOT NULL,
    why TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT;
  CREATE INDEX taken_action_at ON taken_action (at);

  -- roster
  CREATE TABLE crew (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE crew_person (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE rotation (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE duty_exception (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rotation TEXT NOT NULL REFERENCES rotation (id) ON DELETE CASCADE,
    person TEXT,
    team TEXT NOT NULL,
    begins REAL NOT NULL,
    ends REAL NOT NULL,
    substitute TEXT,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX duty_exception_rotation ON duty_exception (rotation);
  CREATE INDEX duty_exception_ends ON duty_exception (ends);
  CREATE TABLE dispatch_policy (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL CHECK (json_valid(body)),
    version INTEGER NOT NULL
  ) STRICT;

  -- how lamps were lit
  CREATE TABLE lamp_place (
    id INTEGER PRIMARY KEY,
    district TEXT NOT NULL,
    road TEXT NOT NULL,
    -- Empty where nobody said.
    road_class TEXT NOT NULL,
    key_area INTEGER NOT NULL,
    feeder TEXT NOT NULL,
    UNIQUE (district, road, road_class, key_area, feeder)
  ) STRICT;
  CREATE TABLE lamp_slot (at INTEGER PRIMARY KEY, places BLOB NOT NULL, late INTEGER NOT NULL) STRICT;
  CREATE TABLE lamp_day (
    date TEXT NOT NULL,
    place INTEGER NOT NULL REFERENCES lamp_place (id),
    slots INTEGER NOT NULL,
    -- Lamps, W and facilities times slots.
    lit REAL NOT NULL,
    dark REAL NOT NULL,
    unknown REAL NOT NULL,
    estimated REAL NOT NULL,
    estimated_lit REAL NOT NULL,
    drawn REAL NOT NULL,
    full REAL NOT NULL,
    guessed REAL NOT NULL,
    guessed_full REAL NOT NULL,
    due REAL NOT NULL,
    night REAL NOT NULL,
    wasted REAL NOT NULL,
    facilities REAL NOT NULL,
    intact REAL NOT NULL,
    PRIMARY KEY (date, place)
  ) STRICT;

  -- handover
  CREATE TABLE handover (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rotation TEXT NOT NULL,
    begins REAL NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    hash TEXT NOT NULL,
    left_by TEXT NOT NULL,
    left_at REAL NOT NULL,
    taken_by TEXT CHECK (taken_by <> left_by),
    taken_at REAL,
    remark TEXT NOT NULL DEFAULT '',
    UNIQUE (rotation, begins)
  ) STRICT;

  -- deliveries
  CREATE TABLE channel (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE push_subscription (
    endpoint TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    language TEXT NOT NULL,
    created REAL NOT NULL
  ) STRICT;
  CREATE INDEX push_subscription_account ON push_subscription (account);
  CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX notice_at ON notice (at);
  CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notice (id),
    urgent INTEGER NOT NULL,
    created REAL NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before REAL NOT NULL,
    delivered REAL,
    problem TEXT NOT NULL
  ) STRICT;
  CREATE INDEX delivery_state ON delivery (state, id);
  CREATE INDEX delivery_past ON delivery (created) WHERE state <> 'waiting';
  CREATE INDEX delivery_target ON delivery (target, id);
  CREATE INDEX delivery_notice ON delivery (notice);

  -- reports
  CREATE TABLE citizen_report (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    made_id TEXT NOT NULL UNIQUE,
    work_group TEXT NOT NULL,
    district TEXT NOT NULL,
    domain TEXT NOT NULL,
    first INTEGER REFERENCES citizen_report (id),
    work_order INTEGER REFERENCES work_order (id),
    closed REAL,
    contact TEXT NOT NULL,
    words TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX citizen_report_closed ON citizen_report (closed) WHERE closed IS NOT NULL;
  CREATE INDEX citizen_report_group ON citizen_report (work_group, id);
  CREATE INDEX citizen_report_open ON citizen_report (id) WHERE closed IS NULL;
  CREATE INDEX citizen_report_first ON citizen_report (first) WHERE first IS NOT NULL;
  CREATE INDEX citizen_report_order ON citizen_report (work_order) WHERE work_order IS NOT NULL;
  CREATE INDEX citizen_report_contact ON citizen_report (coalesce(closed, json_extract(body, '$.at'))) WHERE contact <> '';
  CREATE INDEX citizen_report_words ON citizen_report (closed) WHERE words <> '';

  -- commands
  CREATE TABLE command (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    work_order INTEGER,
    -- Nothing is to be done of it any more.
    done INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX command_done ON command (done, id);
  CREATE INDEX command_past ON command (done, at);
  CREATE INDEX command_order ON command (work_order, id) WHERE work_order IS NOT NULL;
  CREATE TABLE command_target (
    command INTEGER NOT NULL REFERENCES command (id),
    place INTEGER NOT NULL,
    facility TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (command, place)
  ) STRICT;
  CREATE INDEX command_target_facility ON command_target (facility, command);
  CREATE INDEX command_target_state ON command_target (state, command);

  -- systems that send their alerts
  CREATE TABLE alert_source (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body)),
    token_hash TEXT,
    token_since REAL,
    token_by TEXT
  ) STRICT;

  -- commands to devices of other dialects
  ALTER TABLE device_profile ADD COLUMN commands TEXT CHECK (commands IS NULL OR json_valid(commands));

  -- readings that people entered
  CREATE TABLE entered_reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    facility TEXT NOT NULL,
    point TEXT NOT NULL,
    at REAL NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value)),
    by TEXT NOT NULL,
    source TEXT NOT NULL,
    entered REAL NOT NULL,
    replaced TEXT CHECK (replaced IS NULL OR json_valid(replaced)),
    UNIQUE (facility, point, at)
  ) STRICT;
  CREATE INDEX entered_reading_entered ON entered_reading (entered);

  -- deliveries of gas
  CREATE TABLE gas_delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    facility TEXT NOT NULL,
    at REAL NOT NULL,
    tonnes REAL NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    by TEXT NOT NULL,
    changed REAL NOT NULL
  ) STRICT;
  CREATE INDEX gas_delivery_at ON gas_delivery (at);
  CREATE INDEX gas_delivery_state ON gas_delivery (state, id);

  -- rounds
  CREATE TABLE round_plan (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE round_tightening (plan TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE round (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plan TEXT NOT NULL,
    key TEXT NOT NULL,
    begins REAL NOT NULL,
    late REAL NOT NULL,
    over REAL NOT NULL,
    crew TEXT,
    emergency TEXT,
    state TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (plan, key)
  ) STRICT;
  CREATE INDEX round_begins ON round (plan, begins);
  CREATE INDEX round_over ON round (over);
  CREATE INDEX round_open ON round (begins) WHERE state = 'open';
  CREATE TABLE round_check_in (
    id TEXT PRIMARY KEY,
    round INTEGER NOT NULL REFERENCES round (id),
    by TEXT NOT NULL,
    at REAL NOT NULL,
    -- The same for the same place in all plans.
    place TEXT NOT NULL,
    district TEXT NOT NULL,
    road TEXT NOT NULL,
    key_area INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX round_check_in_round ON round_check_in (round, at);
  CREATE INDEX round_check_in_by ON round_check_in (by, at);
  CREATE INDEX round_check_in_at ON round_check_in (at);
  CREATE TRIGGER round_check_in_unchanged BEFORE UPDATE ON round_check_in
    BEGIN SELECT RAISE(ABORT, 'a check-in is never changed'); END;

  -- lighting programmes
  CREATE TABLE programme_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    by TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX programme_version_at ON programme_version (at);
  CREATE TABLE programme_override (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    query TEXT NOT NULL,
    level REAL,
    programme TEXT,
    begins REAL NOT NULL,
    ends REAL NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    made REAL NOT NULL,
    ended REAL,
    ended_by TEXT,
    plan TEXT,
    condition TEXT
  ) STRICT;
  CREATE INDEX programme_override_ends ON programme_override (ends);
  CREATE TABLE programme_download (
    facility TEXT PRIMARY KEY,
    fingerprint INTEGER NOT NULL,
    ends REAL NOT NULL,
    at REAL NOT NULL,
    sent REAL,
    attempts INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE programme_wanted (
    facility TEXT NOT NULL,
    at REAL NOT NULL,
    fingerprint INTEGER NOT NULL,
    -- When another one was wanted.
    replaced REAL
  ) STRICT;
  CREATE INDEX programme_wanted_newest ON programme_wanted (facility) WHERE replaced IS NULL;
  CREATE INDEX programme_wanted_replaced ON programme_wanted (replaced) WHERE replaced IS NOT NULL;

  -- changes of light that people asked for
  CREATE TABLE light_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    account TEXT NOT NULL,
    plan TEXT,
    waiting INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX light_change_at ON light_change (at);
  CREATE INDEX light_change_account ON light_change (account, at);
  CREATE INDEX light_change_waiting ON light_change (waiting) WHERE waiting = 1;
  CREATE INDEX light_change_plan ON light_change (plan) WHERE plan IS NOT NULL;

  -- emergency plans
  CREATE TABLE emergency_plan (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE emergency_activation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plan TEXT NOT NULL,
    activated REAL NOT NULL,
    ended REAL,
    body TEXT NOT NULL CHECK (json_valid(body))
  ) STRICT;
  CREATE INDEX emergency_activation_ended ON emergency_activation (ended);
  CREATE TABLE emergency_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    activation INTEGER NOT NULL REFERENCES emergency_activation (id),
    at REAL NOT NULL,
    by TEXT NOT NULL,
    type TEXT NOT NULL,
    words TEXT NOT NULL,
    data TEXT NOT NULL CHECK (json_valid(data))
  ) STRICT;
  CREATE INDEX emergency_log_activation ON emergency_log (activation, id);

  -- duty reports
  CREATE TABLE duty_report (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    company TEXT NOT NULL,
    period TEXT NOT NULL,
    begins REAL NOT NULL,
    ends REAL NOT NULL,
    partial INTEGER NOT NULL,
    state TEXT NOT NULL,
    asked_by TEXT,
    asked_at REAL NOT NULL,
    replaces INTEGER REFERENCES duty_report (id),
    reason TEXT NOT NULL,
    made_at REAL,
    head TEXT CHECK (json_valid(head)),
    -- JSON text, gzip; the hash is that of the text.
    body BLOB,
    hash TEXT,
    problem TEXT NOT NULL DEFAULT '',
    late_reports INTEGER NOT NULL DEFAULT 0,
    late_at REAL,
    send_at REAL,
    sent_at REAL
  ) STRICT;
  -- The calendar asks once for each.
  CREATE UNIQUE INDEX duty_report_calendar ON duty_report (company, period, begins) WHERE asked_by IS NULL;
  CREATE INDEX duty_report_company ON duty_report (company, id);
  CREATE INDEX duty_report_waiting ON duty_report (id) WHERE state = 'waiting';
  CREATE INDEX duty_report_ends ON duty_report (ends);
  CREATE INDEX duty_report_replaces ON duty_report (replaces) WHERE replaces IS NOT NULL;
  CREATE INDEX duty_report_send ON duty_report (send_at) WHERE send_at IS NOT NULL AND sent_at IS NULL;
  CREATE INDEX duty_report_shift ON duty_report (made_at) WHERE period = 'shift';
  CREATE TRIGGER duty_report_frozen BEFORE UPDATE OF company, period, begins, ends, partial, made_at, head, body, hash ON duty_report
    WHEN old.state = 'made' BEGIN SELECT RAISE(ABORT, 'a duty report is never changed'); END;
  CREATE TABLE duty_report_signature (
    report INTEGER NOT NULL REFERENCES duty_report (id),
    by TEXT NOT NULL,
    at REAL NOT NULL,
    remark TEXT NOT NULL,
    PRIMARY KEY (report, by)
  ) STRICT;
  CREATE TABLE duty_report_settings (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
  CREATE TABLE duty_report_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since REAL NOT NULL,
    late_through INTEGER NOT NULL
  ) STRICT;

  `,
]
