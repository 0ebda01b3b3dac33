//! The lab of tool use in the page: getting there, the bits, files of one's own scored, cases.

use crate::browser::{Page, each};
use crate::lab::{RUN, STEP, axe_is_content, native_digest, press, says};
use serde_json::{Value, json};
use std::fs;
use thirtyfour::prelude::*;

const CALL: &str = "Thought: Do I need to use a tool? Yes\nAction: Find\nAction Input: a.png, red car\nObservation: \nfound\n\
                    Thought: Do I need to use a tool? No\nAI: found\n";
const NO: &str = "Thought: Do I need to use a tool? No\nAI: <b>hello</b>\n";

/// Drops a file of this text on the page.
pub async fn hand(page: &Page, name: &str, text: &str) -> WebDriverResult<()> {
    let script = format!(
        "const data = new DataTransfer(); data.items.add(new File([{}], '{name}')); \
         const event = new DragEvent('drop', {{ bubbles: true, cancelable: true, dataTransfer: data }}); \
         document.querySelector('main').dispatchEvent(event);",
        json!(text)
    );
    page.driver.execute(script, vec![]).await.map(|_| ())
}

#[test]
fn the_lab_opens_by_its_key_and_makes_the_native_bits() {
    let link = "#v=1&lab=tool-use&seed=4&data.scenes=30&data.flaws=0.7";
    let digest = native_digest(link);
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&training.steps=30&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 30")).await?;
        press(page, "3").await?;
        page.wait_within(RUN, "document.querySelector('.p-funnel') !== null").await?;
        page.wait_for("location.hash.includes('lab=tool-use')").await?;
        page.wait_for("document.querySelector('nav [aria-current=page]').innerText === 'Tool use'").await?;
        page.open(&format!("{link}&view.pace=max&digest={digest}")).await?;
        says(page, &format!("Reproduced bit for bit: digest {digest}.")).await?;
        page.wait_for("document.querySelectorAll('.p-dropped tbody tr').length === 12").await?;
        page.wait_for("document.querySelectorAll('.p-made li').length === 3").await?;
        page.wait_for("document.querySelectorAll('.p-tools tbody tr').length === 23").await?;
        axe_is_content(page).await?;
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}

#[test]
fn predictions_of_ones_own_are_scored_and_their_cases_shown_as_text() {
    // Rows of docs/papers.md 3.4: the same, another text, another tool, an answer.
    let outputs = [CALL.to_owned(), CALL.replace("red car", "dog"), CALL.replace("Find", "Cut"), NO.to_owned()];
    let truth: Vec<Value> = (0..4)
        .map(|id| json!({ "id": id, "instruction": "New input: find the <i>car</i>\n", "input": "", "output": CALL }))
        .collect();
    let predictions: Vec<Value> =
        outputs.iter().enumerate().map(|(id, output)| json!({ "id": id, "output": output })).collect();
    each(async |page| {
        page.open("#v=1&lab=tool-use&seed=0&data.scenes=3&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 3")).await?;
        hand(page, "bad.json", "[{\"id\": 1, \"instruction\": 3}]").await?;
        says(page, "bad.json: no sample to judge by").await?;
        hand(page, "truth.json", &json!(truth).to_string()).await?;
        says(page, "predictions: the predictions are still to be chosen").await?;
        hand(page, "predictions.json", &json!(predictions).to_string()).await?;
        says(page, "4 predictions for 4 samples").await?;
        let first = "document.querySelector('.p-rates tbody tr').innerText";
        for shown in ["0.750 [", "0.500 [", "0.625 [", "0.250 ["] {
            page.wait_for(&format!("{first}.includes('{shown}')")).await?;
        }
        page.wait_for("location.hash.includes('task.kind=score') && location.hash.includes('predictions.digest=')")
            .await?;
        let choose =
            "[...document.querySelectorAll('.p-reasons button')].find((it) => it.innerText === 'Find → no call')";
        page.wait_for(&format!("{choose} !== undefined")).await?;
        page.driver.execute(format!("{choose}.click();"), vec![]).await?;
        says(page, "All cases: 1.").await?;
        page.wait_for("document.querySelector('.p-cases li').innerText.includes('AI: <b>hello</b>')").await?;
        page.wait_for("document.querySelector('.p-cases li').innerText.includes('find the <i>car</i>')").await?;
        assert_eq!(page.eval("document.querySelectorAll('.p-cases b, .p-cases i').length").await?, 0, "no markup");
        // A cell of the matrix by keyboard, its cases, and back.
        let key = |selector: &str, key: &str| {
            format!(
                "document.querySelector('{selector}').dispatchEvent(\
                 new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}));"
            )
        };
        let canvas = ".p-confusion canvas";
        let there = format!("document.querySelector('{canvas}').focus();");
        let keys = [there, key(canvas, "ArrowRight"), key(canvas, "Enter")].concat();
        page.driver.execute(keys, vec![]).await?;
        says(page, "Find → Find All cases: 2.").await?;
        page.wait_for("document.activeElement.matches('.p-cases .told')").await?;
        page.driver.execute(key(".p-cases .told", "Escape"), vec![]).await?;
        page.wait_for(&format!("document.activeElement.matches('{canvas}')")).await?;
        axe_is_content(page).await
    });
}

#[test]
fn tools_are_edited_checked_as_files_are_and_become_ones_own() {
    each(async |page| {
        page.open("#v=1&lab=tool-use&seed=0&data.scenes=3&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 3")).await?;
        let click = |name: &str| {
            format!("[...document.querySelectorAll('button')].find((it) => it.innerText === '{name}').click();")
        };
        let typed = |id: &str, text: &str| {
            format!(
                "{{ const field = document.getElementById('{id}'); field.value = {}; \
                 field.dispatchEvent(new Event('input', {{ bubbles: true }})); }}",
                json!(text)
            )
        };
        page.driver.execute(click("Edit the tools"), vec![]).await?;
        page.wait_for("document.querySelectorAll('#tool-chosen option').length === 23").await?;
        axe_is_content(page).await?;
        page.driver.execute(click("Add a tool"), vec![]).await?;
        page.wait_for("document.querySelectorAll('#tool-chosen option').length === 24").await?;
        page.wait_for("document.activeElement.id === 'tool-name'").await?;
        page.driver.execute(click("Use these tools"), vec![]).await?;
        says(page, "tools.json: tool 24, field name:").await?;
        let fill =
            [typed("tool-name", "<b>Weigh</b>"), typed("tool-use", "to weigh a thing"), click("Use these tools")];
        page.driver.execute(fill.concat(), vec![]).await?;
        page.wait_for("location.hash.includes('data.tools=own-tools') && location.hash.includes('tools.digest=')")
            .await?;
        page.wait_for("document.getElementById('tool-chosen').textContent.includes('24. <b>Weigh</b>')").await?;
        page.driver.execute(click("Close"), vec![]).await?;
        page.wait_for("document.querySelectorAll('.p-tools tbody tr').length === 24").await?;
        page.wait_for("document.querySelector('.p-tools').innerText.includes('<b>Weigh</b>')").await?;
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}

#[test]
fn a_student_is_tuned_to_the_native_bits() {
    let link = "#v=1&lab=tool-use&seed=5&task.kind=tune&tune.steps=3&tune.samples=30&tune.judged=2&tune.batch=2";
    let digest = native_digest(link);
    each(async |page| {
        page.open(&format!("{link}&view.pace=max&digest={digest}")).await?;
        says(page, &format!("Reproduced bit for bit: digest {digest}.")).await?;
        page.wait_for("document.querySelectorAll('.p-learning tbody tr').length === 4").await?;
        page.wait_for("document.querySelector('.p-success') !== null && document.querySelector('.p-loss') !== null")
            .await?;
        // Back to an earlier step at once, and on.
        press(page, "Home").await?;
        page.wait_for("document.querySelectorAll('.p-learning tbody tr').length === 0").await?;
        press(page, "End").await?;
        page.wait_for("document.querySelectorAll('.p-learning tbody tr').length === 4").await?;
        axe_is_content(page).await?;
        // The student that was tuned is asked with what it learned.
        let ask = "[...document.querySelectorAll('.p-learning button')].find((it) => it.innerText === 'Ask this student').click();";
        page.driver.execute(ask, vec![]).await?;
        says(page, "snapscope-adapters-seed-5-step-3.safetensors was read.").await?;
        page.wait_for("location.hash.includes('probe.student=own-adapters')").await?;
        page.wait_within(RUN, "document.querySelectorAll('.p-reply .t').length > 10").await?;
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}

#[test]
fn a_student_comes_along_where_nothing_may_be_fetched() {
    let link = "#v=1&lab=tool-use&seed=5&task.kind=tune&tune.steps=1&tune.samples=20&tune.judged=1&tune.batch=1";
    let digest = native_digest(link);
    let [asked, reproduced] =
        [format!("{link}&view.pace=max&digest={digest}"), format!("Reproduced bit for bit: digest {digest}.")];
    each(async |page| {
        let file = page.folder.join("snapscope-offline.html").canonicalize().expect("the file is built");
        page.driver.goto(format!("file://{}{asked}", file.display())).await?;
        says(page, &reproduced).await?;
        // A figure is played once it is seen, also where that is before its student is here.
        let [origin, asked] = [&page.origin, &asked.replace("&view", "&view.embed=1&view").replace('&', "&amp;")];
        page.open_text(&format!(
            "<iframe sandbox='allow-scripts' src='{origin}{asked}' width=900 height=700></iframe>"
        ))
        .await?;
        page.driver.enter_frame(0).await?;
        says(page, "Tool use").await?;
        says(page, &reproduced).await
    });
}

#[test]
fn adapters_of_ones_own_are_taken_also_before_the_base_is_here() {
    each(async |page| {
        page.open("#v=1&lab=tool-use&seed=1&data.scenes=2&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 2")).await?;
        let adapters = fs::read(page.folder.join("student/adapters.safetensors")).expect("they come along");
        let script = format!(
            "const data = new DataTransfer(); data.items.add(new File([new Uint8Array({})], 'mine.safetensors')); \
             const event = new DragEvent('drop', {{ bubbles: true, cancelable: true, dataTransfer: data }}); \
             document.querySelector('main').dispatchEvent(event);",
            json!(adapters)
        );
        page.driver.execute(script, vec![]).await?;
        says(page, "mine.safetensors was read.").await?;
        page.wait_for("location.hash.includes('probe.student=own-adapters')").await?;
        page.wait_for("document.querySelectorAll('.p-reply .t').length > 10").await?;
        // Shared at a probe, a figure has what a probe has.
        let open = "[...document.querySelectorAll('button')].find((it) => it.innerText === 'Share').click();";
        page.driver.execute(open, vec![]).await?;
        let code = "[...document.querySelectorAll('dialog[open] textarea')].some((it) => \
                    it.value.includes('view.panels=reply,attended'))";
        page.wait_for(code).await
    });
}

#[test]
fn what_a_link_is_refused_for_stays_said_while_the_student_comes() {
    each(async |page| {
        page.open("#v=1&lab=tool-use&seed=1&task.kind=probe&view.pace=max&nonsense=1").await?;
        page.wait_for("document.querySelectorAll('.p-reply .t').length > 10").await?;
        page.wait_for("document.body.innerText.includes('nonsense')").await
    });
}

#[test]
fn samples_of_ones_own_are_read_in_pieces_told_and_learned_from() {
    let prompt = "TOOLS:\n> Find\nNew input: find the <i>car</i>\n";
    let samples: Vec<Value> = (0..3000)
        .map(|at| {
            let output = if at % 3 == 0 { NO } else { CALL };
            if at == 7 {
                json!({ "instruction": prompt })
            } else {
                json!({ "instruction": prompt, "input": "", "output": output })
            }
        })
        .collect();
    let text = json!(samples).to_string();
    assert!(text.len() > 524_288, "more than a piece: {}", text.len());
    each(async |page| {
        page.open("#v=1&lab=tool-use&seed=0&data.scenes=3&tune.steps=2&tune.samples=20&tune.judged=2&tune.batch=2&view.pace=max")
            .await?;
        page.wait_within(RUN, &format!("{STEP} === 3")).await?;
        hand(page, "cut.json", &text[..text.len() - 2]).await?;
        says(page, "cut.json: the file ends at byte").await?;
        assert_eq!(page.eval(STEP).await?, 3, "in {:?} the run stands where it stood", page.kind);
        hand(page, "mine.json", &text).await?;
        says(page, "mine.json was read.").await?;
        page.wait_for(
            "location.hash.includes('data.samples=own-samples') && location.hash.includes('samples.digest=')",
        )
        .await?;
        page.wait_within(RUN, &format!("{STEP} === 2")).await?;
        says(page, "2 samples of the file are held out to judge by").await?;
        page.wait_for("document.querySelector('.p-contents').textContent.includes('sample 8 at byte ')").await?;
        page.wait_for("document.querySelectorAll('.p-contents tbody tr').length === 5").await?;
        page.wait_for("document.querySelectorAll('.p-learning tbody tr').length > 1").await?;
        axe_is_content(page).await?;
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}

#[test]
fn a_student_is_asked_and_watched() {
    let link = "#v=1&lab=tool-use&seed=1&task.kind=probe";
    let digest = native_digest(link);
    each(async |page| {
        page.open(&format!("{link}&view.pace=max&digest={digest}")).await?;
        says(page, &format!("Reproduced bit for bit: digest {digest}.")).await?;
        page.wait_for("document.querySelectorAll('.p-reply .t').length > 10").await?;
        page.wait_for("document.querySelectorAll('.p-words-said li').length > 2").await?;
        page.wait_for("document.querySelectorAll('.p-results h4').length > 0").await?;
        page.wait_for("document.querySelector('.p-attended canvas') !== null").await?;
        axe_is_content(page).await?;
        let ask = "const said = document.querySelector('#probe-said'); \
                   said.value = 'Find <b>the cat</b> in this image.'; \
                   said.dispatchEvent(new Event('input', { bubbles: true })); \
                   [...document.querySelectorAll('.ask button')].find((it) => it.innerText === 'Ask').click();";
        page.driver.execute(ask, vec![]).await?;
        page.wait_for("location.hash.includes('probe.said=Find')").await?;
        page.wait_within(RUN, "document.querySelectorAll('.p-words-said li').length === 6").await?;
        page.wait_for("document.querySelector('.p-words-said').innerText.includes('<b>the')").await?;
        assert_eq!(page.eval("document.querySelectorAll('.p-words-said b').length").await?, 0, "no markup");
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}
