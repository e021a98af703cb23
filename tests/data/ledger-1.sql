-- A ledger in version 1 of the format: one entry of each kind it knew.
PRAGMA application_id = 1399353968;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE events (
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
INSERT INTO "events" VALUES('local',1,1780286400000000,'started',NULL,NULL,'{"simulated":false,"version":"0.1.0"}','0000000000000000000000000000000000000000000000000000000000000000','c8bb32ef3f470d3e5e59cfd37593510f5600a49e55aa51dd08207ca81e963554');
INSERT INTO "events" VALUES('local',2,1780286400000000,'camera_added','c1',NULL,'{"camera":{"carrier":"移动","certificate":"accept","credentials":"","id":"c1","in_contract":true,"in_service_from":"2026-05-01","in_service_to":null,"model":"","name":"村口1号","onvif":"","recorder":"","site":{"category":"junction","county":"清河县","id":"s1","name":"村口","town":"清河镇","village":"东村"},"uplink":"","url":"rtsp://127.0.0.1:8554/c1","vendor":""}}','c8bb32ef3f470d3e5e59cfd37593510f5600a49e55aa51dd08207ca81e963554','57e78d8bec64d15da2162f7a77accb94d25b87e7ea29278cf5256d180701aa74');
INSERT INTO "events" VALUES('local',3,1780286400000000,'camera_changed','c1',NULL,'{"camera":{"carrier":"移动","certificate":"accept","credentials":"","id":"c1","in_contract":true,"in_service_from":"2026-05-01","in_service_to":"2026-12-31","model":"","name":"口\"袋\n公园","onvif":"","recorder":"","site":{"category":"junction","county":"清河县","id":"s1","name":"村口","town":"清河镇","village":"东村"},"uplink":"","url":"rtsp://127.0.0.1:8554/c1","vendor":""}}','57e78d8bec64d15da2162f7a77accb94d25b87e7ea29278cf5256d180701aa74','c55cb75c3b63daa70e347140f40d41847a552758b45c83f270f9c7979d7b5df4');
INSERT INTO "events" VALUES('local',4,1780286400000000,'transition','c1',1780286460000000,'{"transition":{"at":1780286460000000,"camera_id":"c1","cause":"tcp_timeout","decided_at":1780286480000000,"detail":"5 秒内未连上","new":"down","old":"up"}}','c55cb75c3b63daa70e347140f40d41847a552758b45c83f270f9c7979d7b5df4','491b22c242169d6d8ccb61c6c2934c266828857d74707732b33842190a4f7431');
INSERT INTO "events" VALUES('local',5,1780286400000000,'heartbeat',NULL,NULL,'{}','491b22c242169d6d8ccb61c6c2934c266828857d74707732b33842190a4f7431','afa296d7922bbedfa341b88942de91d751853746d69af68f049e2459fce65785');
INSERT INTO "events" VALUES('local',6,1780286400000000,'maintenance_planned',NULL,1780286400000000,'{"maintenance":{"end_at":1780293600000000,"id":"m1","scope":{"camera_ids":[],"carriers":["移动"],"sites":[],"uplinks":[],"villages":["东村","西村"]},"start_at":1780286400000000,"title":"换杆"}}','afa296d7922bbedfa341b88942de91d751853746d69af68f049e2459fce65785','68008c409e69853150317c6a1d3f459ccabb766d1ab9e38a759fc8f7f37c5cde');
INSERT INTO "events" VALUES('local',7,1780286400000000,'maintenance_cancelled',NULL,NULL,'{"id":"m1"}','68008c409e69853150317c6a1d3f459ccabb766d1ab9e38a759fc8f7f37c5cde','beabeba837d96843a4d3a89267f4225b7750e0155eee00abc96c40c463e80119');
INSERT INTO "events" VALUES('local',8,1780286400000000,'clock_jumped',NULL,1780286399999997,'{"after_at":1780286399999997,"before_at":1780286400000000}','beabeba837d96843a4d3a89267f4225b7750e0155eee00abc96c40c463e80119','6e95b18aed509b1a5a5e4568580bbb9de9de543c94dbea19b08c1690b7d1ef40');
INSERT INTO "events" VALUES('local',9,1780286400000000,'note',NULL,NULL,'{"author":"王工","text":"电力公司通知停电"}','6e95b18aed509b1a5a5e4568580bbb9de9de543c94dbea19b08c1690b7d1ef40','a886e9f3dfbf3eb01e9dddfbf43d22ec0fabc10026f69e098edd0b009a746cd0');
INSERT INTO "events" VALUES('local',10,1780286400000000,'camera_removed','c1',NULL,'{"camera_id":"c1"}','a886e9f3dfbf3eb01e9dddfbf43d22ec0fabc10026f69e098edd0b009a746cd0','cad5bca9e019ad67700364cb620cc3064a03e9028835be8aabd8b8a52b1e6c96');
INSERT INTO "events" VALUES('local',11,1780286400000000,'stopped',NULL,NULL,'{"reason":"SIGTERM"}','cad5bca9e019ad67700364cb620cc3064a03e9028835be8aabd8b8a52b1e6c96','395a38cf02017d196d1a82ec93f3b7bb2ea5cee39808cbf1d472e0643533e47a');
CREATE INDEX events_by_kind ON events (vantage, kind, camera_id, seq, at);
CREATE INDEX events_by_camera ON events (vantage, camera_id, seq) WHERE camera_id IS NOT NULL;
CREATE TRIGGER events_are_never_updated BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no entry is changed'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no entry is deleted'); END;
CREATE TRIGGER events_only_continue_the_chain BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events WHERE vantage = NEW.vantage)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM events WHERE vantage = NEW.vantage AND seq = NEW.seq - 1),
                              '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry must continue its chain'); END;
COMMIT;
