-- Of each repository the rows of its newest run that could read all of it: one that fails today keeps what it said before.
CREATE TEMPORARY VIEW latest AS
SELECT repo_id, MAX(as_of) AS as_of FROM export_run WHERE status = 'ok' GROUP BY repo_id;

CREATE TEMPORARY VIEW run_now AS
SELECT t.* FROM export_run t JOIN latest l ON l.repo_id = t.repo_id AND l.as_of = t.as_of WHERE t.status = 'ok';

CREATE TEMPORARY VIEW event_now AS
SELECT t.* FROM release_event t JOIN latest l ON l.repo_id = t.repo_id AND l.as_of = t.as_of;

CREATE TEMPORARY VIEW incident_now AS
SELECT t.* FROM incident t JOIN latest l ON l.repo_id = t.repo_id AND l.as_of = t.as_of;

CREATE TEMPORARY VIEW person_now AS
SELECT t.* FROM person_role t JOIN latest l ON l.repo_id = t.repo_id AND l.as_of = t.as_of;

CREATE TEMPORARY VIEW snapshot_now AS
SELECT t.* FROM metric_snapshot t JOIN latest l ON l.repo_id = t.repo_id AND l.as_of = t.as_of;

-- The span of time that each repository is asked about, [window_start, window_end): here the two that its review chose. To ask all
-- of them about one span, make rows of it instead.
CREATE TEMPORARY VIEW win AS
SELECT DISTINCT repo_id, window_name, window_start, window_end FROM snapshot_now;
