-- How often, and how much at once.
CREATE TEMPORARY VIEW frequency AS
SELECT e.repo_id, e.window_name, COUNT(*) AS sample,
       COUNT(*) / ((EPOCH_OF(w.window_end) - EPOCH_OF(w.window_start)) / 604800e0) AS value
FROM event_in e JOIN win w ON w.repo_id = e.repo_id AND w.window_name = e.window_name
WHERE e.exposed AND w.window_end > w.window_start
GROUP BY e.repo_id, e.window_name, w.window_start, w.window_end;

CREATE TEMPORARY VIEW batch AS
SELECT e.repo_id, e.window_name, COUNT(*) AS sample, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.commits) AS value
FROM event_in e JOIN run_now r ON r.repo_id = e.repo_id
WHERE e.exposed AND NOT e.first_in_scope AND r.commits_read > 0
GROUP BY e.repo_id, e.window_name;

-- Near misses are known only of a time for which a log was kept.
CREATE TEMPORARY VIEW near_miss AS
SELECT w.repo_id, w.window_name, COUNT(i.incident_id) AS k
FROM win w
JOIN run_now r ON r.repo_id = w.repo_id AND r.covers_from < w.window_end
              AND (r.covers_until IS NULL OR r.covers_until > w.window_start)
LEFT JOIN incident_in i ON i.repo_id = w.repo_id AND i.window_name = w.window_name AND i.in_log AND i.kind = 'near_miss'
GROUP BY w.repo_id, w.window_name;

-- Change failure rate by month and repository. A month with both bases has two rows.
CREATE TEMPORARY VIEW monthly AS
SELECT repo_id, CAST(DATE_TRUNC('month', released_at) AS DATE) AS month, basis,
       SUM(CASE WHEN failed THEN 1 ELSE 0 END) AS k, COUNT(*) AS n
FROM event_now WHERE judged GROUP BY repo_id, CAST(DATE_TRUNC('month', released_at) AS DATE), basis;

-- All repositories together, one row a stratum: another basis, or other settings of what counts, are another thing.
CREATE TEMPORARY VIEW fleet AS
SELECT f.window_name, f.basis, r.config_hash, COUNT(*) AS repositories, SUM(f.k) AS k, SUM(f.n) AS n, 1e0 * SUM(f.k) / SUM(f.n) AS value
FROM rate f JOIN run_now r ON r.repo_id = f.repo_id
WHERE f.metric = 'change_failure_rate' GROUP BY f.window_name, f.basis, r.config_hash;
