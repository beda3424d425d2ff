// Opens each report in Chromium, light and dark, on a phone and on a wide screen: no error, no request but the page
// itself, no violation under axe, every picture there, nothing wider than the screen. Ends in 1 where one fails.
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(fs.existsSync);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

async function look(chrome, file, width, colorScheme) {
  const problems = [];
  const context = await chrome.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`error: ${error}`));
  await page.goto(`file://${file}`);
  if (requests.length !== 1) problems.push(`requests: ${requests.slice(1).join(" ")}`);
  const seen = await page.evaluate(() => {
    const root = document.documentElement;
    const empty = [...document.querySelectorAll("svg")].filter((svg) => {
      const box = svg.getBoundingClientRect();
      return box.width <= 0 || box.height <= 0;
    });
    const charts = document.querySelectorAll("svg[role=img]");
    const untold = [...charts].filter((svg) => !svg.querySelector("title")?.textContent || !svg.querySelector("desc")?.textContent);
    return { over: root.scrollWidth - root.clientWidth, empty: empty.length, charts: charts.length, untold: untold.length };
  });
  if (seen.over > 0) problems.push(`${seen.over} pixels too wide`);
  if (seen.empty > 0 || seen.charts === 0) problems.push(`${seen.empty} of ${seen.charts} pictures have no size`);
  if (seen.untold > 0) problems.push(`${seen.untold} pictures have no title or description`);
  await context.close();

  // The page forbids scripts; axe is one.
  const open = await chrome.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
  const tested = await open.newPage();
  await tested.goto(`file://${file}`);
  await tested.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await tested.addScriptTag({ content: axe });
  const { violations } = await tested.evaluate(() => window.axe.run());
  problems.push(...violations.map((violation) => `axe ${violation.id}: ${violation.nodes[0].html.slice(0, 160)}`));
  await open.close();
  return problems;
}

(async () => {
  const chrome = await chromium.launch({ executablePath: browser, args: flags });
  let failed = false;
  for (const file of process.argv.slice(2)) {
    for (const width of [360, 1400]) {
      for (const scheme of ["light", "dark"]) {
        const problems = await look(chrome, path.resolve(file), width, scheme);
        console.log(`${path.basename(file)} ${width} ${scheme}: ${problems.length === 0 ? "good" : problems.join("; ")}`);
        failed ||= problems.length > 0;
      }
    }
  }
  await chrome.close();
  process.exit(failed ? 1 : 0);
})();
