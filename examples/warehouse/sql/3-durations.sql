-- Medians of the timeline, over incidents that failed a release of the window. What has not ended yet is censored, not left out: the
-- median is Kaplan and Meier's, the first time at which fewer than half last longer, and the middle of a stretch at exactly one
-- half. Where all have ended, that is the plain median.
CREATE TEMPORARY VIEW spell AS
SELECT i.repo_id, i.window_name, m.metric,
       CASE m.metric WHEN 'time_to_detect' THEN i.detect_s WHEN 'time_to_stop' THEN i.stop_s ELSE i.restore_s END AS s,
       CASE m.metric WHEN 'time_to_detect' THEN i.detect_state WHEN 'time_to_stop' THEN i.stop_state
                     ELSE i.restore_state END AS state
FROM incident_in i
CROSS JOIN (SELECT 'time_to_detect' AS metric UNION ALL SELECT 'time_to_stop' UNION ALL SELECT 'recovery_time') m
WHERE i.counts;

CREATE TEMPORARY VIEW duration AS
WITH known AS (SELECT * FROM spell WHERE state <> 'unusable'),
at_time AS (
  SELECT repo_id, window_name, metric, s, SUM(CASE WHEN state = 'ended' THEN 1 ELSE 0 END) AS ended, COUNT(*) AS gone
  FROM known GROUP BY repo_id, window_name, metric, s
), step AS (
  SELECT repo_id, window_name, metric, s, ended,
         SUM(gone) OVER (PARTITION BY repo_id, window_name, metric ORDER BY s DESC) AS at_risk
  FROM at_time
), curve AS (
  -- The product of (at_risk - ended) / at_risk; 0 once everything at risk has ended.
  SELECT repo_id, window_name, metric, s, ended,
         CASE WHEN MIN(at_risk - ended) OVER so_far = 0 THEN 0e0
              ELSE EXP(SUM(LN(CASE WHEN at_risk > ended THEN 1e0 * (at_risk - ended) / at_risk ELSE 1e0 END)) OVER so_far)
         END AS lasting
  FROM step WINDOW so_far AS (PARTITION BY repo_id, window_name, metric ORDER BY s)
), reached AS (
  SELECT repo_id, window_name, metric,
         MIN(CASE WHEN lasting < 0.5 - 1e-9 THEN s END) AS below,
         MIN(CASE WHEN ended > 0 AND lasting <= 0.5 + 1e-9 AND lasting >= 0.5 - 1e-9 THEN s END) AS half
  FROM curve GROUP BY repo_id, window_name, metric
), plain AS (
  SELECT repo_id, window_name, metric, COUNT(*) AS sample, SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS open_cases,
         PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY s) AS middle
  FROM known GROUP BY repo_id, window_name, metric
)
SELECT p.repo_id, p.window_name, p.metric, p.sample, p.open_cases,
       CASE WHEN p.open_cases = 0 THEN p.middle
            WHEN r.below IS NULL THEN NULL
            WHEN r.half IS NOT NULL THEN 0.5e0 * (r.half + r.below)
            ELSE 1e0 * r.below END AS value
FROM plain p LEFT JOIN reached r ON r.repo_id = p.repo_id AND r.window_name = p.window_name AND r.metric = p.metric;
