-- The largest share of releases that one person carried, over those of which the role is known; of the roles that are known for half
-- or more, the one where it is largest. A bot is nobody, but its releases count. A responder is known only where something
-- failed: ten of those, or nothing is said.
CREATE TEMPORARY VIEW dependence AS
WITH role AS (
  SELECT repo_id, window_name, 'releaser' AS role, 1 AS place,
         SUM(CASE WHEN releaser_known THEN 1 ELSE 0 END) AS known, COUNT(*) AS applies
  FROM event_in WHERE exposed GROUP BY repo_id, window_name
  UNION ALL
  SELECT repo_id, window_name, 'approver', 2, SUM(CASE WHEN approver_known THEN 1 ELSE 0 END), COUNT(*)
  FROM event_in WHERE exposed GROUP BY repo_id, window_name
  UNION ALL
  SELECT repo_id, window_name, 'responder', 3, SUM(CASE WHEN responder_known THEN 1 ELSE 0 END), COUNT(*)
  FROM event_in WHERE exposed AND responder_applies GROUP BY repo_id, window_name
), carried AS (
  SELECT e.repo_id, e.window_name, p.role, p.person_id, COUNT(*) AS k
  FROM event_in e JOIN person_now p ON p.repo_id = e.repo_id AND p.event_id = e.event_id
  WHERE e.exposed AND NOT p.bot GROUP BY e.repo_id, e.window_name, p.role, p.person_id
), most AS (
  SELECT r.repo_id, r.window_name, r.role, r.place, r.known AS n, COALESCE(MAX(c.k), 0) AS k
  FROM role r LEFT JOIN carried c ON c.repo_id = r.repo_id AND c.window_name = r.window_name AND c.role = r.role
  WHERE r.known > 0 AND 2 * r.known >= r.applies AND (r.role <> 'responder' OR r.known >= 10)
  GROUP BY r.repo_id, r.window_name, r.role, r.place, r.known
), ranked AS (
  SELECT repo_id, window_name, role, k, n,
         ROW_NUMBER() OVER (PARTITION BY repo_id, window_name ORDER BY 1e0 * k / n DESC, place) AS nth
  FROM most
)
SELECT repo_id, window_name, role, k, n, 1e0 * k / n AS value FROM ranked WHERE nth = 1;

-- Who released in each repository, in the window of its review: of repositories with ten releases or more, the releaser known for half
-- of them or more. An account in the project's own name is nobody to be named, but somebody else.
CREATE TEMPORARY VIEW releaser AS
WITH known AS (
  SELECT repo_id, SUM(CASE WHEN releaser_known THEN 1 ELSE 0 END) AS n FROM event_in
  WHERE exposed AND window_name = 'current' GROUP BY repo_id
  HAVING SUM(CASE WHEN releaser_known THEN 1 ELSE 0 END) >= 10 AND 2 * SUM(CASE WHEN releaser_known THEN 1 ELSE 0 END) >= COUNT(*)
), part AS (
  SELECT e.repo_id, p.person_id, p.shared, COUNT(*) AS k
  FROM event_in e JOIN person_now p ON p.repo_id = e.repo_id AND p.event_id = e.event_id
  WHERE e.exposed AND e.window_name = 'current' AND p.role = 'releaser' AND NOT p.bot GROUP BY e.repo_id, p.person_id, p.shared
), most AS (
  SELECT repo_id, MAX(k) AS k, COUNT(*) AS people FROM part GROUP BY repo_id
), firsts AS (
  SELECT p.repo_id, COUNT(*) AS firsts FROM part p JOIN most m ON m.repo_id = p.repo_id AND m.k = p.k GROUP BY p.repo_id
)
-- It rests on whoever made more than three in four, and more than anybody else.
SELECT p.repo_id, p.person_id, p.k, w.n,
       NOT p.shared AND p.k = m.k AND f.firsts = 1 AND 4 * p.k > 3 * w.n AS rests,
       NOT p.shared AND m.people = 1 AND 4 * p.k > 3 * w.n AS alone
FROM part p JOIN known w ON w.repo_id = p.repo_id
JOIN most m ON m.repo_id = p.repo_id JOIN firsts f ON f.repo_id = p.repo_id;

-- On whom several repositories rest, as `relconf fleet` says it. Only ids of one key are those of one person: without a key they are
-- numbers, and the first of one repository is a stranger to the first of another.
CREATE TEMPORARY VIEW carrier AS
SELECT r.person_key, p.person_id, COUNT(*) AS repositories, SUM(p.k) AS releases,
       SUM(CASE WHEN p.rests THEN 1 ELSE 0 END) AS rest, SUM(CASE WHEN p.alone THEN 1 ELSE 0 END) AS alone
FROM releaser p JOIN run_now r ON r.repo_id = p.repo_id
WHERE r.person_key IS NOT NULL GROUP BY r.person_key, p.person_id;
