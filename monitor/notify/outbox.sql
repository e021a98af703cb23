-- What is due, what was told, and what became of it. Instants are microseconds since 1970-01-01 UTC.
CREATE TABLE told (              -- the fold of what a channel knows of a subject
    channel TEXT NOT NULL,
    subject TEXT NOT NULL,
    open    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (channel, subject)
) WITHOUT ROWID;
CREATE TABLE notice (            -- one thing due on one channel
    id      INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    key     TEXT,                -- what a channel has once: a text, or what was decided of a subject at one instant
    at      INTEGER NOT NULL,
    value   TEXT NOT NULL,
    batch   INTEGER,             -- the number of the first message that carries it; NULL = in none yet
    done    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (channel, key)
);
CREATE INDEX notice_open ON notice (channel, batch) WHERE done = 0;
CREATE TABLE message (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice
    channel  TEXT NOT NULL,
    batch    INTEGER,
    title    TEXT NOT NULL,
    text     TEXT NOT NULL,
    severity TEXT NOT NULL,
    phones   TEXT NOT NULL,                      -- called
    readers  TEXT NOT NULL,                      -- on duty, whether called or not
    made     INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    tries    INTEGER NOT NULL DEFAULT 0,
    state    TEXT NOT NULL DEFAULT 'waiting',
    doubtful INTEGER NOT NULL DEFAULT 0,
    refused  INTEGER NOT NULL DEFAULT 0,         -- the others do not wait for it: refused, or ends alone
    ended    INTEGER,
    answer   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX message_open ON message (channel, due) WHERE state IN ('waiting', 'sending');
CREATE TABLE attempt (channel TEXT NOT NULL, at INTEGER NOT NULL);
