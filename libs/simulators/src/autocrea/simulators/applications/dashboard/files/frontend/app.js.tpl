/** The dashboard: asks for the latest figures every two seconds while it is visible and not paused. */

import { createReading, listMetrics, listReadings } from "./api.js";
import { drawChart } from "./chart.js";
import { element, say } from "./dom.js";

const REFRESH_MILLISECONDS = 2000;

const tiles = document.getElementById("tiles");
const live = document.getElementById("live");
const pause = document.getElementById("pause");
const select = document.getElementById("metric");
const history = document.getElementById("history");
const problem = document.getElementById("problem");
const updated = document.getElementById("updated");

const shown = new Map();
let paused = false;

const number = new Intl.NumberFormat("§{language}", { maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat("§{language}", { timeStyle: "medium" });

function tile(metric) {
  const value = element("strong");
  const change = element("span", { class: "change" });
  const chart = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  chart.setAttribute("class", "chart");
  const unit = element("span", { class: "muted", text: metric.unit });
  const figure = element("p", { class: "figure" }, value, unit, change);
  tiles.append(element("article", { class: "card tile" }, element("h2", { text: metric.label }), figure, chart));
  select.append(element("option", { value: metric.metric, text: metric.label }));
  shown.set(metric.metric, { value, change, chart });
}

function fill(metric, readings) {
  if (!shown.has(metric.metric)) tile(metric);
  const { value, change, chart } = shown.get(metric.metric);
  const values = readings.map((reading) => reading.value);
  value.textContent = metric.value === null ? "§{no_value}" : number.format(metric.value);
  const percent = metric.change_percent ?? 0;
  change.textContent = metric.value === null ? "" : `${percent < 0 ? "▼" : "▲"} ${number.format(Math.abs(percent))} %`;
  change.dataset.direction = percent < 0 ? "down" : "up";
  const range = values.length
    ? `: §{chart_from} ${number.format(Math.min(...values))} §{chart_to} ${number.format(Math.max(...values))} ${metric.unit}`
    : "";
  drawChart(chart, values, `§{chart_of} ${metric.label}${range}`);
}

function fillHistory(readings) {
  if (readings.length === 0) {
    history.replaceChildren(element("p", { class: "muted", text: "§{history_empty}" }));
    return;
  }
  const heads = ["§{history_time}", "§{history_value}"].map((text) => element("th", { scope: "col", text }));
  const rows = [...readings].reverse().map((reading) => {
    const when = element("td", { text: time.format(new Date(reading.measured_at)) });
    return element("tr", {}, when, element("td", { text: number.format(reading.value) }));
  });
  const head = element("thead", {}, element("tr", {}, ...heads));
  history.replaceChildren(element("table", {}, head, element("tbody", {}, ...rows)));
}

async function refresh() {
  const metrics = await listMetrics();
  const readings = await Promise.all(metrics.map((metric) => listReadings(metric.metric)));
  metrics.forEach((metric, index) => fill(metric, readings[index]));
  fillHistory(readings[metrics.findIndex((metric) => metric.metric === select.value)] ?? []);
  updated.textContent = `§{updated_at} ${time.format(new Date())}`;
}

function state(name, text) {
  live.dataset.state = name;
  live.textContent = text;
}

async function beat() {
  if (!paused && !document.hidden) {
    try {
      await refresh();
      say(problem, "");
      if (!paused) state("live", "§{live}");
    } catch {
      say(problem, "§{offline}", "error");
      state("offline", "§{live}");
    }
  }
  setTimeout(beat, REFRESH_MILLISECONDS);
}

pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? "§{resume}" : "§{pause}";
  state(paused ? "paused" : "live", paused ? "§{paused}" : "§{live}");
});

select.addEventListener("change", async () => {
  try {
    fillHistory(await listReadings(select.value));
  } catch (error) {
    say(problem, error.message, "error");
  }
});

document.getElementById("record").addEventListener("submit", async (event) => {
  event.preventDefault();
  const status = document.getElementById("record-status");
  const value = Number(new FormData(event.target).get("value"));
  try {
    await createReading({ metric: select.value, value });
    event.target.reset();
    say(status, "§{recorded}", "success");
    await refresh();
  } catch (error) {
    say(status, error.message, "error");
  }
});

beat();
