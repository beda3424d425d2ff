-- k of n per repository and window. A rate over several repositories is SUM(k) / SUM(n), never AVG(value).
CREATE TEMPORARY VIEW event_in AS
SELECT w.window_name, e.* FROM win w
JOIN event_now e ON e.repo_id = w.repo_id AND e.released_at >= w.window_start AND e.released_at < w.window_end;

CREATE TEMPORARY VIEW incident_in AS
SELECT w.window_name, i.* FROM win w
JOIN incident_now i ON i.repo_id = w.repo_id AND i.placed_at >= w.window_start AND i.placed_at < w.window_end;

CREATE TEMPORARY VIEW rate AS
WITH counted AS (
  -- What a log declares and what git suggests are never added up: a window with both has two rates, and none here.
  SELECT repo_id, window_name, 'change_failure_rate' AS metric, MIN(basis) AS basis,
         SUM(CASE WHEN failed THEN 1 ELSE 0 END) AS k, COUNT(*) AS n
  FROM event_in WHERE judged GROUP BY repo_id, window_name HAVING COUNT(DISTINCT basis) = 1
  UNION ALL
  SELECT repo_id, window_name, 'rework_rate', NULL, SUM(CASE WHEN rework IS NOT NULL THEN 1 ELSE 0 END), COUNT(*)
  FROM event_in WHERE exposed AND repairs_known GROUP BY repo_id, window_name
  UNION ALL
  SELECT repo_id, window_name, 'special_handling', NULL, SUM(CASE WHEN special THEN 1 ELSE 0 END), COUNT(*)
  FROM event_in WHERE exposed AND repairs_known GROUP BY repo_id, window_name
  UNION ALL
  SELECT repo_id, window_name, 'evidence_coverage', NULL, SUM(CASE WHEN evidence THEN 1 ELSE 0 END), COUNT(*)
  FROM event_in WHERE exposed AND evidence IS NOT NULL GROUP BY repo_id, window_name
  UNION ALL
  SELECT repo_id, window_name, 'recurrence', NULL, SUM(CASE WHEN cause_seen_before THEN 1 ELSE 0 END), COUNT(*)
  FROM incident_in WHERE counts AND cause_key IS NOT NULL GROUP BY repo_id, window_name
  UNION ALL
  SELECT repo_id, window_name, 'automated_detection', NULL,
         SUM(CASE WHEN detected_by IN ('alert', 'test') THEN 1 ELSE 0 END), COUNT(*)
  FROM incident_in WHERE in_log AND kind = 'incident' AND detected_by IS NOT NULL GROUP BY repo_id, window_name
)
-- Wilson's interval at 95 %; 3.84… is the square of 1.96….
SELECT repo_id, window_name, metric, basis, k, n, 1e0 * k / n AS value,
       (1e0 * k + 1.9207294103470620e0) / (n + 3.8414588206941240e0)
         - 1.959963984540054e0 / (n + 3.8414588206941240e0) * SQRT(1e0 * k * (n - k) / n + 0.9603647051735310e0) AS low,
       (1e0 * k + 1.9207294103470620e0) / (n + 3.8414588206941240e0)
         + 1.959963984540054e0 / (n + 3.8414588206941240e0) * SQRT(1e0 * k * (n - k) / n + 0.9603647051735310e0) AS high
FROM counted;
