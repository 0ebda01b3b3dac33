//! Where the page has to work: at an origin, in a frame, in a sandboxed frame, from a file on disk; and what it says
//! when it cannot. The shell only: what the lab shows is asked elsewhere.

use crate::browser::{Page, each};
use std::fs;
use thirtyfour::prelude::*;

/// True once the page's script has taken over from the boot script.
const STARTED: &str = "typeof self.snapscope?.startWorker === 'function' && document.getElementById('boot') === null";

/// How a page that embeds begins; without an icon, browsers ask for one that is not there.
const HOST: &str = "<!DOCTYPE html><link rel=icon href='data:,'>";

async fn starts_cleanly(page: &Page) -> WebDriverResult<()> {
    page.wait_for(STARTED).await?;
    let complaints = page.complaints().await?;
    assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
    Ok(())
}

/// A worker of one's own says something first: that it is up.
async fn worker_answers(page: &Page) -> WebDriverResult<()> {
    // Firefox runs each script in a scope of its own: what is to stay must be said to be the window's.
    let start = "window.probe = snapscope.startWorker(false); window.heard = 0; window.probe.onmessage = () => { window.heard += 1; };";
    page.driver.execute(start, vec![]).await?;
    page.wait_for("window.heard > 0").await?;
    page.driver.execute("window.probe.terminate();", vec![]).await?;
    Ok(())
}

#[test]
fn the_page_starts_without_a_complaint_and_asks_no_other_origin() {
    each(async |page| {
        page.open("").await?;
        starts_cleanly(page).await?;
        worker_answers(page).await?;
        let foreign = page.foreign_requests().await?;
        assert!(foreign.is_empty(), "in {:?} requests leave the origin: {foreign:?}", page.kind);
        page.picture("first-view").await
    });
}

#[test]
fn the_content_policy_refuses_foreign_and_inline_code() {
    each(async |page| {
        page.open("").await?;
        page.wait_for(STARTED).await?;
        let script =
            "const s = document.createElement('script'); s.textContent = 'self.ran = true'; document.body.append(s);";
        page.driver.execute(script, vec![]).await?;
        assert_eq!(page.eval("self.ran === undefined").await?, true, "inline code does not run");
        let fetch = format!(
            "const done = arguments[0]; fetch('{}').then(() => done('got it'), () => done('refused'));",
            page.elsewhere
        );
        let answer: String = page.driver.execute_async(fetch, vec![]).await?.convert()?;
        assert_eq!(answer, "refused", "another origin is never asked");
        Ok(())
    });
}

#[test]
fn a_frame_of_another_origin_shows_the_page() {
    each(async |page| {
        page.open_text(&format!("{HOST}<iframe src='{}' width=900 height=700></iframe>", page.origin)).await?;
        page.driver.enter_frame(0).await?;
        starts_cleanly(page).await?;
        worker_answers(page).await
    });
}

#[test]
fn a_sandboxed_frame_shows_the_page() {
    each(async |page| {
        let frame = format!("<iframe sandbox='allow-scripts' src='{}' width=900 height=700></iframe>", page.origin);
        page.open_text(&format!("{HOST}{frame}")).await?;
        page.driver.enter_frame(0).await?;
        starts_cleanly(page).await?;
        assert_eq!(page.eval("self.origin").await?, "null", "the frame has no origin");
        worker_answers(page).await
    });
}

#[test]
fn the_offline_file_runs_from_disk() {
    each(async |page| {
        let file = page.folder.join("snapscope-offline.html").canonicalize().expect("the file is built");
        page.driver.goto(format!("file://{}", file.display())).await?;
        starts_cleanly(page).await?;
        worker_answers(page).await?;
        let asked = page
            .eval("performance.getEntriesByType('resource').filter((e) => !e.name.startsWith('blob:')).length")
            .await?;
        assert_eq!(asked, 0, "in {:?} nothing is loaded besides the file", page.kind);
        Ok(())
    });
}

#[test]
fn the_folder_runs_from_disk() {
    each(async |page| {
        let file = page.folder.join("index.html").canonicalize().expect("the page is built");
        page.driver.goto(format!("file://{}", file.display())).await?;
        page.wait_for(STARTED).await?;
        worker_answers(page).await
    });
}

#[test]
fn a_missing_part_is_answered_by_a_sentence() {
    each(async |page| {
        // The page alone, without its parts: what a half-finished upload looks like.
        let read = |name: &str| fs::read_to_string(page.folder.join(name)).expect("the page is built");
        let boot = format!("<script>{}</script></body>", read("boot.js"));
        let html = read("index.html").replace("</body>", &boot).replace("script-src", "script-src 'unsafe-inline'");
        page.open_text(&html).await?;
        page.wait_for("document.querySelector('[role=alert]') !== null").await?;
        let text = page.driver.find(By::Css("[role=alert]")).await?.text().await?;
        assert!(
            text.contains("could not start") && text.contains("could not be loaded"),
            "it says what is wrong: {text}"
        );
        Ok(())
    });
}
