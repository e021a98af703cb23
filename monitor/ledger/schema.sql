-- The record: one append-only table. docs/ledger.md says what every column means and how to verify the chain.

CREATE TABLE IF NOT EXISTS events (
    vantage     TEXT    NOT NULL,  -- who wrote the entry; each vantage has its own chain
    seq         INTEGER NOT NULL,  -- 1, 2, 3 ... without gaps
    recorded_at INTEGER NOT NULL,  -- microseconds since 1970-01-01 UTC; never goes back
    kind        TEXT    NOT NULL,
    camera_id   TEXT,              -- repeated from the body, to find entries again
    at          INTEGER,           -- repeated from the body, to find entries again
    body        TEXT    NOT NULL,  -- canonical JSON
    prev        TEXT    NOT NULL,  -- the hash of seq - 1; 64 zeros before the first
    hash        TEXT    NOT NULL,
    PRIMARY KEY (vantage, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS events_by_kind ON events (vantage, kind, camera_id, seq, at);
CREATE INDEX IF NOT EXISTS events_by_camera ON events (vantage, camera_id, seq) WHERE camera_id IS NOT NULL;

CREATE TRIGGER IF NOT EXISTS events_are_never_updated BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no entry is changed'); END;

CREATE TRIGGER IF NOT EXISTS events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no entry is deleted'); END;

-- Also stops INSERT OR REPLACE, which would not fire the trigger on DELETE.
CREATE TRIGGER IF NOT EXISTS events_only_continue_the_chain BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events WHERE vantage = NEW.vantage)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM events WHERE vantage = NEW.vantage AND seq = NEW.seq - 1),
                              '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry must continue its chain'); END;

-- Where each chain ended when it was last written to: an end that was cut off is missed. Proves nothing that whoever
-- edits both tables could not forge; that is what printed heads are for.
CREATE TABLE IF NOT EXISTS ends (
    vantage TEXT    NOT NULL PRIMARY KEY,
    seq     INTEGER NOT NULL,
    hash    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS ends_follow_the_chains AFTER INSERT ON events
BEGIN
    INSERT INTO ends (vantage, seq, hash) VALUES (NEW.vantage, NEW.seq, NEW.hash)
    ON CONFLICT (vantage) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
END;
