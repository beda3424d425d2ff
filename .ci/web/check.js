// Opens each report in Chromium, light and dark, on a phone and on a wide screen: no error, no request but the page
// itself, no violation under axe, every picture there, nothing wider than the screen or cut, every link to a place in
// the page or by https to a forge; and on paper every detail is open. Ends in 1 where one fails.
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(fs.existsSync);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
// Where links of the reports may lead: the hosts of HOSTS, none where it is not set.
const hosts = (process.env.HOSTS ?? "").split(",").filter(Boolean);
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// Pictures of all reports together: one report may have too few releases for any.
let pictures = 0;

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
  const seen = await page.evaluate((hosts) => {
    const root = document.documentElement;
    const shown = (element) => element.getBoundingClientRect().width > 0;
    // A picture inside a picture is a part of it.
    const empty = [...document.querySelectorAll("svg:not(svg svg)")].filter((svg) => {
      const box = svg.getBoundingClientRect();
      return box.width <= 0 || box.height <= 0;
    });
    const charts = document.querySelectorAll("svg[role=img]");
    const untold = [...charts].filter((svg) => !svg.querySelector("title")?.textContent || !svg.querySelector("desc")?.textContent);
    const cut = [...document.querySelectorAll("main *, header *, nav *")].filter((element) => {
      const box = element.getBoundingClientRect();
      return shown(element) && (box.right > root.clientWidth + 1 || box.left < -1);
    });
    const stray = [...document.querySelectorAll("a")].map((link) => link.getAttribute("href")).filter((href) =>
      href.startsWith("#") ? !document.getElementById(href.slice(1)) : !hosts.some((host) => href.startsWith(`https://${host}/`)));
    return { cut: cut.map((element) => element.outerHTML.slice(0, 80)), stray, over: root.scrollWidth - root.clientWidth,
      away: [...document.querySelectorAll("a[href^='https://']")].length,
      empty: empty.length, charts: charts.length, untold: untold.length };
  }, hosts);
  if (seen.over > 0) problems.push(`${seen.over} pixels too wide`);
  pictures += seen.charts;
  if (hosts.length > 0 && seen.away === 0) problems.push("no link leads to a forge");
  if (seen.empty > 0) problems.push(`${seen.empty} of ${seen.charts} pictures have no size`);
  if (seen.cut.length > 0) problems.push(`${seen.cut.length} elements are cut: ${seen.cut[0]}`);
  if (seen.stray.length > 0) problems.push(`links lead nowhere: ${seen.stray.join(" ")}`);
  await page.emulateMedia({ media: "print", colorScheme });
  const closed = await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const folded = [...document.querySelectorAll("details > :not(summary), .behind")];
    return folded.filter((element) => element.getBoundingClientRect().height <= 0).length;
  });
  if (closed > 0) problems.push(`${closed} folded parts stay closed on paper`);
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
    for (const width of [360, 768, 1400]) {
      for (const scheme of ["light", "dark"]) {
        const problems = await look(chrome, path.resolve(file), width, scheme);
        console.log(`${path.basename(file)} ${width} ${scheme}: ${problems.length === 0 ? "good" : problems.join("; ")}`);
        failed ||= problems.length > 0;
      }
    }
  }
  if (pictures === 0) {
    console.log("no picture in any of them");
    failed = true;
  }
  await chrome.close();
  process.exit(failed ? 1 : 0);
})();
