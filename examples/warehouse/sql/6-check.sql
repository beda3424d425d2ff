-- Every reading that the tables give beside what the review said: `equal` must be true in every row.
CREATE TEMPORARY VIEW reading AS
SELECT repo_id, window_name, metric, k, n, n AS sample, value FROM rate
UNION ALL SELECT repo_id, window_name, metric, NULL, NULL, sample, value FROM duration
UNION ALL SELECT repo_id, window_name, 'person_dependence', k, n, n, value FROM dependence
UNION ALL SELECT repo_id, window_name, 'release_frequency', NULL, NULL, sample, value FROM frequency
UNION ALL SELECT repo_id, window_name, 'batch_size', NULL, NULL, sample, value FROM batch
UNION ALL SELECT repo_id, window_name, 'near_misses', k, NULL, k, 1e0 * k FROM near_miss;

CREATE TEMPORARY VIEW checked AS
SELECT s.repo_id, s.window_name, s.metric, s.k AS said_k, r.k, s.n AS said_n, r.n, s.value AS said_value, r.value,
       CASE WHEN s.value IS NULL AND r.value IS NULL THEN TRUE
            WHEN s.value IS NULL OR r.value IS NULL THEN FALSE
            ELSE COALESCE(s.k, -1) = COALESCE(r.k, -1) AND COALESCE(s.n, -1) = COALESCE(r.n, -1) AND s.sample = r.sample
                 AND ABS(s.value - r.value) <= 1e-9 * (1 + ABS(s.value)) END AS equal
FROM snapshot_now s
LEFT JOIN reading r ON r.repo_id = s.repo_id AND r.window_name = s.window_name AND r.metric = s.metric
WHERE s.metric NOT IN ('lead_time', 'timing_dependence');

CREATE TEMPORARY VIEW verdict AS
SELECT metric, COUNT(*) AS readings, SUM(CASE WHEN value IS NOT NULL THEN 1 ELSE 0 END) AS with_value,
       SUM(CASE WHEN equal THEN 1 ELSE 0 END) AS equal
FROM checked GROUP BY metric;
