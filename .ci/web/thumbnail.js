// Draws the first screen of a report as a picture for the README: node thumbnail.js REPORT.html OUT.png
// relconf demo --into shop && relconf review --repo shop --as-of 2026-06-30T12:00:00Z --format html=shop.html
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(fs.existsSync);
const flags = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"];

(async () => {
  const [report, picture] = process.argv.slice(2);
  const chrome = await chromium.launch({ executablePath: browser, args: flags });
  const page = await chrome.newPage({ viewport: { width: 1240, height: 980 }, colorScheme: "light" });
  await page.goto(`file://${path.resolve(report)}`);
  await page.screenshot({ path: picture });
  await chrome.close();
})();
