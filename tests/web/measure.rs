//! What the page takes, measured as a reader would meet it: steps per second with charts drawn, longest tasks, answers
//! to input while it trains, Figure 6's sweep, memory. Runs for `cargo xtask bench --page`; asserts no time.

use crate::browser::{Page, each};
use crate::skip::skip;
use serde_json::Value;
use std::time::Duration;
use thirtyfour::prelude::*;

/// The largest setting of Figure 6, training as fast as it can.
const LARGEST: &str = "#v=1&lab=scan-snap&seed=1&data.last_tokens=10&data.next_per_last=2&model.init=uniform\
                       &training.steps=1000000&view.pace=max";
const STEP: &str = "Number(document.querySelector('input[type=range][aria-label=Step]')?.value)";
const PATIENCE: Duration = Duration::from_secs(600);

/// Milliseconds from an act until `done` holds, seen from within the page.
async fn answer(page: &Page, act: &str, done: &str) -> WebDriverResult<f64> {
    let script = format!(
        "const [end] = arguments, start = performance.now(); {act}; \
         const look = () => ({done}) ? end(performance.now() - start) : setTimeout(look, 1); look();"
    );
    page.driver.execute_async(script, vec![]).await?.convert()
}

fn key(key: &str) -> String {
    format!("document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}))")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn what_the_page_takes() {
    let Ok(minutes) = std::env::var("SNAPSCOPE_MEASURE") else {
        skip("SNAPSCOPE_MEASURE does not say for how many minutes memory is watched");
        return;
    };
    let minutes: u64 = minutes.parse().expect("SNAPSCOPE_MEASURE is a number of minutes");
    each(async |page| {
        speed(page).await?;
        answers(page).await?;
        sweep(page).await?;
        memory(page, minutes).await
    });
}

async fn speed(page: &Page) -> WebDriverResult<()> {
    page.open(LARGEST).await?;
    page.wait_for(&format!("{STEP} > 500")).await?;
    let mut rates = Vec::new();
    for _ in 0..5 {
        let read = format!("[performance.now(), {STEP}]");
        let before = page.eval(&read).await?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let after = page.eval(&read).await?;
        let of = |pair: &Value, at: usize| pair[at].as_f64().expect("a number");
        rates.push((of(&after, 1) - of(&before, 1)) / (of(&after, 0) - of(&before, 0)) * 1000.0);
    }
    println!("largest setting of Figure 6, charts drawn: {:.0} steps/s, median of 5 times 3 s", median(rates));
    Ok(())
}

async fn answers(page: &Page) -> WebDriverResult<()> {
    let watch = "window.tasks = []; if (PerformanceObserver.supportedEntryTypes.includes('longtask')) \
                 new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))) \
                 .observe({ entryTypes: ['longtask'] }); else window.tasks = null;";
    page.driver.execute(watch, vec![]).await?;
    let standing = |word: &str| format!("document.querySelector('.standing').innerText === '{word}'");
    let (mut pauses, mut plays, mut scrubs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..10 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        pauses.push(answer(page, &key(" "), &standing("paused")).await?);
        let to = 200 + 37 * round;
        let scrub = format!(
            "const range = document.querySelector('input[type=range][aria-label=Step]'); range.value = {to}; \
             range.dispatchEvent(new Event('input'))"
        );
        let there = format!("document.querySelector('.at input').value == {to} && {}", standing("paused"));
        scrubs.push(answer(page, &scrub, &there).await?);
        page.driver.execute("document.body.focus();", vec![]).await?;
        plays.push(answer(page, &key(" "), &standing("running")).await?);
    }
    for (what, times) in [("pause", pauses), ("scrub to an early step", scrubs), ("play", plays)] {
        let most = times.iter().copied().fold(0.0, f64::max);
        println!("answer to {what} while it trains: {:.0} ms, median of 10, at most {most:.0} ms", median(times));
    }
    let tasks = page.eval("tasks && [tasks.length, Math.max(0, ...tasks)]").await?;
    match tasks.as_array() {
        Some(tasks) => {
            println!("tasks over 50 ms on the page's thread meanwhile: {}, longest {} ms", tasks[0], tasks[1])
        }
        None => println!("tasks over 50 ms: this browser does not say"),
    }
    Ok(())
}

async fn sweep(page: &Page) -> WebDriverResult<()> {
    let mut all_secs = 0.0;
    for queries in [1, 3, 5, 10] {
        page.open(&format!(
            "#v=1&lab=scan-snap&data.last_tokens={queries}&data.next_per_last=2&model.init=uniform&view.step=0"
        ))
        .await?;
        page.wait_for("document.querySelector('.sweep details') !== null").await?;
        let plan = "document.querySelector('.sweep details').open = true; \
                    const fields = document.querySelectorAll('.sweep .plan input'); \
                    ['1,2,5,10', '0.5,1,2,3', '1', '10'].forEach((text, i) => { \
                    fields[i].value = text; fields[i].dispatchEvent(new Event('input')); });";
        page.driver.execute(plan, vec![]).await?;
        let start = "const start = performance.now(); document.querySelector('.sweep .row button').click(); \
                     window.swept = null; const look = () => document.querySelector('.sweep .progress').innerText \
                     .includes('160 of 160') ? window.swept = performance.now() - start : setTimeout(look, 20); look();";
        page.driver.execute(start, vec![]).await?;
        page.wait_within(PATIENCE, "window.swept !== null").await?;
        let secs = page.eval("window.swept").await?.as_f64().expect("a number") / 1000.0;
        println!("sweep of 16 cells by 10 seeds, {queries} queries: {secs:.1} s");
        all_secs += secs;
    }
    println!("all of Figure 6, 64 cells by 10 seeds: {all_secs:.1} s");
    Ok(())
}

async fn memory(page: &Page, minutes: u64) -> WebDriverResult<()> {
    if minutes == 0 || page.eval("typeof performance.memory").await? == "undefined" {
        return Ok(());
    }
    page.open(LARGEST).await?;
    for minute in 0..=minutes {
        let megabytes = page.eval("Math.round(performance.memory.usedJSHeapSize / 1e5) / 10").await?;
        println!("heap of the page after {minute} min of training: {megabytes} MB");
        tokio::time::sleep(Duration::from_secs(if minute < minutes { 60 } else { 0 })).await;
    }
    Ok(())
}
