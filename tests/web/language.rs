//! Which language the page speaks: the one chosen before, else the browser's, else English; and what changing it keeps.

use crate::browser::{Page, each, each_in};
use crate::lab::{RUN, axe_is_content, says};
use thirtyfour::prelude::*;

/// The step that the scrubber stands at, in any language.
const STEP: &str = "Number(document.querySelector('input[type=range]:not(.slider)')?.value)";

async fn choose(page: &Page, language: &str) -> WebDriverResult<()> {
    let script = format!(
        "const select = document.getElementById('language'); select.focus(); select.value = '{language}'; \
         select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    page.driver.execute(script, vec![]).await.map(|_| ())
}

async fn is_german(page: &Page) -> WebDriverResult<()> {
    page.wait_for("document.documentElement.lang === 'de'").await?;
    page.wait_for("document.title.includes('Einrasten')").await?;
    says(page, "Einstellungen").await
}

#[test]
fn changing_the_language_keeps_step_settings_pinned_run_and_what_is_open() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&training.eta_y=3&training.steps=40&view.step=20").await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        assert_eq!(page.eval("document.documentElement.lang").await?, "en", "in {:?}", page.kind);
        let pin = "[...document.querySelectorAll('button')].find((e) => e.innerText === 'Pin this run').click(); \
                   document.querySelector('.p-loss .twin summary').click();";
        page.driver.execute(pin, vec![]).await?;
        says(page, "Pinned. Change a setting").await?;
        page.wait_for("document.querySelector('.p-loss th')?.innerText === 'step'").await?;

        choose(page, "de").await?;
        is_german(page).await?;
        says(page, "Angeheftet. Nach einer geänderten Einstellung").await?;
        page.wait_for("document.querySelector('.p-loss th')?.innerText === 'Schritt'").await?;
        page.wait_for("document.activeElement.id === 'language' && document.activeElement.value === 'de'").await?;
        assert_eq!(page.eval(STEP).await?, 20, "in {:?} the run stands where it was", page.kind);
        assert_eq!(page.eval("document.getElementById('training-eta_y').value").await?, "3", "the setting is kept");
        axe_is_content(page).await?;
        // It goes on from there.
        page.driver.find(By::Css("button.play")).await?.click().await?;
        page.wait_within(RUN, &format!("{STEP} === 40")).await?;
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);

        page.driver.refresh().await?;
        is_german(page).await?;
        assert_eq!(page.eval("document.getElementById('training-eta_y').value").await?, "3", "the link is kept");
        choose(page, "en").await?;
        says(page, "Settings").await
    });
}

#[test]
fn a_sweep_goes_on_in_the_other_language() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&training.steps=30&view.step=20").await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        let start = "document.querySelector('.sweep details').open = true; \
                     [...document.querySelectorAll('.sweep button')].find((e) => e.innerText === 'Start the sweep').click();";
        page.driver.execute(start, vec![]).await?;
        choose(page, "de").await?;
        is_german(page).await?;
        says(page, "60 von 60 Läufen fertig").await?;
        page.wait_for("document.querySelector('.sweep th').innerText.startsWith('Verhältnis')").await
    });
}

#[test]
fn the_browsers_language_is_the_first_choice() {
    each_in("de-AT", async |page| {
        page.open("").await?;
        is_german(page).await?;
        assert_eq!(page.eval("document.getElementById('language').value").await?, "de", "in {:?}", page.kind);
        page.picture("german").await?;
        let file = page.folder.join("snapscope-offline.html").canonicalize().expect("the file is built");
        page.driver.goto(format!("file://{}", file.display())).await?;
        is_german(page).await
    });
}

#[test]
fn a_language_without_words_is_answered_in_english() {
    each_in("fi", async |page| {
        page.open("").await?;
        says(page, "Settings").await
    });
}

#[test]
fn a_sandboxed_frame_speaks_the_browsers_language_and_changes_it() {
    each_in("de", async |page| {
        let frame = format!("<iframe sandbox='allow-scripts' src='{}' width=1200 height=700></iframe>", page.origin);
        page.open_text(&format!("<!DOCTYPE html><link rel=icon href='data:,'>{frame}")).await?;
        page.driver.enter_frame(0).await?;
        is_german(page).await?;
        choose(page, "en").await?;
        says(page, "Settings").await
    });
}

#[test]
fn broken_words_are_answered_by_a_sentence_and_those_in_use_stay() {
    each(async |page| {
        let half = |json: &str| json[..json.len() / 2].to_owned();
        let link = "#v=1&lab=scan-snap&seed=2&view.step=20";
        let none = |_: &str| "{}".to_owned();
        {
            let _copy = page.open_changed("text/de.json", &none, link).await?;
            page.wait_within(RUN, &format!("{STEP} === 20")).await?;
            choose(page, "de").await?;
            says(page, "The language could not be changed: text/de.json: there are no words in it.").await?;
            page.wait_for("document.getElementById('language').value === 'en'").await?;
            assert_eq!(page.eval(STEP).await?, 20, "in {:?} the run stands where it was", page.kind);
        }
        {
            let _copy = page.open_changed("text/en.json", &none, link).await?;
            says(page, "could not start").await?;
            says(page, "text/en.json: there are no words in it").await?;
        }
        // The other form of the page has the words too: it helps out where a file is broken or missing.
        let _copy = page.open_changed("text/en.json", &half, link).await?;
        says(page, "Settings").await
    });
}
