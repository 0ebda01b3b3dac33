//! What the lab shows and answers: the main path, the bits, bad links, keys, embedding, accessibility.

use crate::browser::{Page, each, each_calm};
use crate::skip::skip;
use snapscope::experiment::Link;
use snapscope::labs::{self, Library};
use std::time::Duration;
use thirtyfour::prelude::*;

/// The step that the scrubber stands at.
pub const STEP: &str = "Number(document.querySelector('input[type=range][aria-label=Step]')?.value)";

/// Long enough for a run in a browser that shares two cores.
pub const RUN: Duration = Duration::from_secs(180);

/// The digest that the native engine ends a link's run with.
pub fn native_digest(fragment: &str) -> String {
    let (link, refused) = Link::parse(fragment);
    assert_eq!(refused, [], "{fragment}");
    let mut library = Library::default();
    snapscope::cli::student::give(&mut library, &link.experiment);
    let mut run = labs::start_on(&link.experiment, &library).expect("valid settings");
    run.step(u64::MAX).expect("the run does not diverge");
    run.digest().to_string()
}

/// Waits until the page says something.
pub async fn says(page: &Page, text: &str) -> WebDriverResult<()> {
    page.wait_within(RUN, &format!("document.body.innerText.includes({})", serde_json::json!(text))).await
}

/// Presses a key on the page.
pub async fn press(page: &Page, key: &str) -> WebDriverResult<()> {
    let script = format!(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key: {}, bubbles: true, cancelable: true }}));",
        serde_json::json!(key)
    );
    page.driver.execute(script, vec![]).await.map(|_| ())
}

#[test]
fn the_same_link_gives_the_native_bits() {
    let runs = [
        "#v=1&lab=scan-snap&seed=2",
        "#v=1&lab=scan-snap&seed=7&data.last_tokens=3&data.next_per_last=2&data.common_per_last=2&model.init=uniform",
        "#v=1&lab=scan-snap&seed=1&training.optimizer=adam&training.eta_z=0.1&training.eta_y=0.1&training.steps=40",
        "#v=1&lab=scan-snap&seed=3&data.sampling=exact&model.residual=true&model.attend_query=true&training.steps=60",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.eta_z=0.5&training.steps=300",
        // Texts, in both forms, by the worker that knows them.
        "#v=1&lab=scan-snap&seed=3&data.kind=text&data.text=raven&data.sequence_length=16&training.steps=30",
        "#v=1&lab=scan-snap&seed=3&data.kind=text&data.text=raven&model.form=transformer&model.width=16\
         &model.mlp_width=32&model.context=16&training.batch_size=4&training.steps=50",
    ]
    .map(|fragment| (fragment, native_digest(fragment)));
    each(async |page| {
        for (fragment, digest) in &runs {
            page.open(&format!("{fragment}&view.pace=max&digest={digest}")).await?;
            says(page, &format!("Reproduced bit for bit: digest {digest}.")).await?;
        }
        Ok(())
    });
}

#[test]
fn saved_weights_are_those_of_the_native_run() {
    let link = "#v=1&lab=scan-snap&seed=3&data.kind=text&data.text=raven&model.form=transformer&model.width=16\
                &model.mlp_width=32&model.context=16&training.batch_size=4&training.steps=20";
    let (experiment, _) = Link::parse(link);
    let mut run = labs::start(&experiment.experiment).expect("valid settings");
    run.step(u64::MAX).expect("the run does not diverge");
    let weights = run.save().expect("a transformer has weights");
    each(async |page| {
        page.open(&format!("{link}&view.pace=max")).await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        let keep = "const make = URL.createObjectURL; URL.createObjectURL = (blob) => { \
                    blob.arrayBuffer().then((bytes) => { window.kept = [...new Uint8Array(bytes)]; }); \
                    return make(blob); };";
        page.driver.execute(keep, vec![]).await?;
        press(page, "s").await?;
        let button = "[...document.querySelectorAll('dialog button')].find((it) => it.innerText.includes('Weights'))";
        page.wait_for(&format!("{button} !== undefined")).await?;
        page.driver.execute(format!("{button}.click();"), vec![]).await?;
        page.wait_for("window.kept !== undefined").await?;
        let kept: Vec<u8> = serde_json::from_value(page.eval("window.kept").await?)?;
        assert!(kept == weights, "in {:?}: {} bytes, natively {}", page.kind, kept.len(), weights.len());
        Ok(())
    });
}

#[test]
fn a_wrong_digest_is_told() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&training.steps=20&view.pace=max&digest=00000000000000aa").await?;
        says(page, "Not reproduced: the link promises digest 00000000000000aa").await
    });
}

#[test]
fn the_default_run_moves_by_itself() {
    each(async |page| {
        page.open("").await?;
        page.wait_within(RUN, &format!("{STEP} > 2")).await?;
        page.wait_for("document.querySelectorAll('canvas').length >= 2").await?;
        page.picture("training").await
    });
}

#[test]
fn keys_play_pause_and_step() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&view.step=10").await?;
        page.wait_within(RUN, &format!("{STEP} === 10")).await?;
        press(page, "ArrowRight").await?;
        page.wait_for(&format!("{STEP} === 11")).await?;
        press(page, "ArrowLeft").await?;
        press(page, "ArrowLeft").await?;
        page.wait_for(&format!("{STEP} === 9")).await?;
        press(page, "Home").await?;
        page.wait_for(&format!("{STEP} === 0")).await?;
        press(page, "End").await?;
        page.wait_within(RUN, &format!("{STEP} === 100")).await
    });
}

#[test]
fn a_bad_link_opens_its_valid_part_and_names_the_rest() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=9&data.last_tokens=900&bogus=%3Cimg%20src%3Dx%3E&view.step=5").await?;
        says(page, "data.last_tokens: 900 is not allowed, expected a whole number from 1 to 50").await?;
        says(page, "bogus: no such setting").await?;
        page.wait_within(RUN, &format!("{STEP} === 5")).await?;
        let images = page.eval("document.querySelectorAll('img[src=x]').length").await?;
        assert_eq!(images, 0, "text of a link never becomes markup");
        Ok(())
    });
}

#[test]
fn too_large_an_experiment_is_refused_with_its_cost() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&data.last_tokens=50&data.next_per_last=10&data.distinct_per_next=200").await?;
        says(page, "MiB, a run may use 512 MiB").await
    });
}

#[test]
fn a_host_hears_of_its_frame_and_steers_it() {
    each(async |page| {
        let address = format!(
            "{}#v=1&lab=scan-snap&seed=2&training.steps=30&view.embed=1&view.panels=scan&view.pace=max",
            page.origin
        );
        let host = format!(
            "<!DOCTYPE html><link rel=icon href='data:,'><iframe sandbox='allow-scripts' src='{address}' \
             width=800 height=600></iframe><script>window.heard = []; \
             addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));</script>"
        );
        page.open_text(&host).await?;
        let heard = |what: &str| format!("window.heard.some((text) => text.includes('{what}'))");
        page.wait_within(RUN, &heard("height")).await?;
        page.wait_within(RUN, &heard("ready")).await?;
        page.wait_within(RUN, &heard("finished")).await?;
        page.wait_within(RUN, &heard(&native_digest("#v=1&lab=scan-snap&seed=2&training.steps=30"))).await
    });
}

#[test]
fn a_figure_without_transport_that_waits_for_a_click_has_something_to_click() {
    let link = "#v=1&lab=scan-snap&seed=2&training.steps=30&view.embed=1&view.panels=scan&view.pace=max\
                &view.start=click&view.hidden=settings,transport";
    let host = |page: &Page| {
        format!(
            "<!DOCTYPE html><link rel=icon href='data:,'><iframe sandbox='allow-scripts' src='{}{link}' \
             width=800 height=600></iframe><script>window.heard = []; \
             addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));</script>",
            page.origin
        )
    };
    each(async |page| {
        page.open_text(&host(page)).await?;
        page.driver.enter_frame(0).await?;
        page.wait_within(RUN, "document.querySelector('button.play') !== null").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        page.driver.find(By::Css("button.play")).await?.click().await?;
        page.wait_for("document.querySelector('button.play') === null").await?;
        // No taller than what it tells its host.
        page.wait_for("document.documentElement.scrollHeight <= Math.max(innerHeight, document.body.scrollHeight)")
            .await?;
        page.driver.enter_default_frame().await?;
        page.wait_within(RUN, "window.heard.some((text) => text.includes('finished'))").await
    });
}

#[test]
fn the_example_of_a_host_page_steers_its_figure_and_hears_of_it() {
    each(async |page| {
        page.open("embedding.html").await?;
        let heard = |what: &str| format!("document.getElementById('heard').textContent.includes('{what}')");
        page.wait_within(RUN, &heard("\"event\":\"ready\"")).await?;
        page.driver.find(By::Css("option:last-child")).await?.click().await?;
        page.driver.execute("document.querySelector('select').dispatchEvent(new Event('change'));", vec![]).await?;
        let digest = native_digest("#v=1&lab=scan-snap&seed=2&training.eta_y=10");
        page.wait_within(RUN, &heard(&digest)).await?;
        // As high as its content: nothing in the frame is cut off.
        page.wait_for("document.querySelector('iframe').clientHeight > 300").await?;
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}

#[test]
fn a_figure_that_tells_no_height_keeps_the_one_it_has() {
    // A frame that is not laid out yet says 0; a host that took it would never see it again.
    let forge = |script: &str| {
        let zero = "parent.postMessage({ snapscope: 1, event: 'height', height: 0 }, '*')";
        format!("{script}\naddEventListener('message', ({{ data }}) => {{ if (data === 'forge') {zero}; }});")
    };
    each(async |page| {
        let _copy = page.open_changed("boot.js", &forge, "embedding.html").await?;
        page.wait_within(RUN, "document.getElementById('heard').textContent.includes('finished')").await?;
        let ask = "document.querySelector('iframe').contentWindow.postMessage('forge', '*');";
        page.driver.execute(ask, vec![]).await?;
        page.wait_for("document.getElementById('heard').textContent.includes('\"height\":0}')").await?;
        page.wait_for("document.querySelector('iframe').clientHeight > 300").await?;
        Ok(())
    });
}

#[test]
fn a_figure_gives_each_link_a_frame_of_its_own_and_runs_it() {
    // Chromium at times never lays out a sandboxed frame that is sent elsewhere while it loads.
    let link = |steps: u32| format!("#v=1&lab=scan-snap&seed=2&training.steps={steps}&view.embed=1&view.pace=max");
    let digest = |steps| native_digest(&link(steps));
    each(async |page| {
        page.open("embedding.html").await?;
        let script = format!(
            "const one = window.one = document.querySelector('snapscope-figure').cloneNode();
             const told = window.told = [];
             one.addEventListener('snapscope-ready', () => told.push('ready'));
             one.addEventListener('snapscope-finished', ({{ detail }}) => told.push(detail.digest));
             const sent = (changes) => changes.forEach(() => told.push('sent elsewhere'));
             new MutationObserver(sent).observe(one, {{ subtree: true, attributeFilter: ['src'] }});
             document.querySelector('snapscope-figure').replaceWith(one);
             one.setAttribute('link', '{}');
             one.setAttribute('link', '{}');",
            link(10),
            link(20)
        );
        page.driver.execute(script, vec![]).await?;
        page.wait_within(RUN, &format!("window.told.includes('{}')", digest(20))).await?;
        page.driver.execute(format!("window.one.setAttribute('link', '{}');", link(30)), vec![]).await?;
        page.wait_within(RUN, &format!("window.told.includes('{}')", digest(30))).await?;
        let told = page.eval("window.told").await?;
        assert_eq!(told, serde_json::json!(["ready", digest(20), "ready", digest(30)]), "in {:?}", page.kind);
        Ok(())
    });
}

/// The script of the page, changed so that its workers can be reached as `window.all`.
fn keeping_workers(boot: &str) -> String {
    let kept = "const worker = new Worker(url); (self.all ??= []).push(worker);";
    boot.replace("const worker = new Worker(url);", kept)
}

#[test]
fn a_sweep_ends_when_workers_break_and_none_of_its_runs_is_lost() {
    each(async |page| {
        let link = "#v=1&lab=scan-snap&seed=2&training.steps=1500&view.step=20";
        let _copy = page.open_changed("boot.js", &keeping_workers, link).await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        // All workers but the page's own break, as soon as they have jobs.
        let start = "document.querySelector('.sweep details').open = true; \
                     [...document.querySelectorAll('.sweep button')].find((e) => e.innerText === 'Start the sweep').click();";
        page.driver.execute(start, vec![]).await?;
        page.wait_for("/[1-9][0-9]* . 60 /.test(document.querySelector('.sweep .progress').innerText)").await?;
        let broke = "const broken = window.all.slice(1); broken.forEach((worker) => { worker.terminate(); \
                     worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true })); }); \
                     return broken.length;";
        let broken: usize = page.driver.execute(broke, vec![]).await?.convert()?;
        says(page, "60 of 60 runs done").await?;
        assert_eq!(page.eval("document.querySelectorAll('.sweep .error:not(:empty)').length").await?, 0);
        assert_eq!(page.eval("window.all.length").await?, 1 + 2 * broken, "each was replaced");
        Ok(())
    });
}

#[test]
fn a_broken_worker_is_told_and_its_run_goes_on_to_the_same_bits() {
    let link = "#v=1&lab=scan-snap&seed=2&training.steps=60";
    each(async |page| {
        let _copy = page.open_changed("boot.js", &keeping_workers, &format!("{link}&view.pace=30")).await?;
        page.wait_within(RUN, &format!("{STEP} > 5")).await?;
        let broke = "const [worker] = window.all; worker.terminate(); \
                     worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));";
        page.driver.execute(broke, vec![]).await?;
        says(page, "The worker stopped (out of memory). A new one takes over at step").await?;
        page.wait_within(RUN, &format!("{STEP} === 60")).await?;
        assert_eq!(page.eval("window.all.length").await?, 2, "in {:?} one worker took over", page.kind);
        page.driver.find(By::Css("button[aria-haspopup=dialog]:nth-of-type(2)")).await?.click().await?;
        let shared =
            format!("document.querySelector('dialog textarea').value.includes('digest={}')", native_digest(link));
        page.wait_for(&shared).await
    });
}

#[test]
fn less_motion_shows_the_finished_picture_and_waits() {
    each_calm(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2").await?;
        page.wait_within(RUN, &format!("{STEP} === 100")).await?;
        says(page, "Finished").await?;
        let label = page.driver.find(By::Css("button.play")).await?.text().await?;
        assert_eq!(label.trim(), "Play", "in {:?} it waits to be played", page.kind);
        Ok(())
    });
}

#[test]
fn a_shared_link_opens_what_was_shared() {
    each(async |page| {
        let link = "#v=1&lab=scan-snap&seed=5&training.eta_y=3&training.steps=40&view.class=1";
        page.open(&format!("{link}&view.pace=max")).await?;
        page.wait_within(RUN, &format!("{STEP} === 40")).await?;
        press(page, "s").await?;
        page.wait_for("document.querySelector('dialog textarea')?.value.includes('digest=')").await?;
        let shared = page.eval("document.querySelector('dialog textarea').value").await?;
        let shared = shared.as_str().expect("text").to_owned();
        let fragment = shared.split_once('#').expect("a fragment").1;
        assert!(fragment.contains(&format!("digest={}", native_digest(link))), "{shared}");
        page.open(&format!("#{fragment}")).await?;
        says(page, "Reproduced bit for bit").await?;
        assert_eq!(page.eval("document.querySelector('.named select:last-of-type') !== null").await?, true, "a class");
        Ok(())
    });
}

#[test]
fn everything_is_reached_by_the_keyboard() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&view.step=20").await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        // Whatever can be clicked can be focused, has a name, and is not taken out of the order.
        let lost = "Array.from(document.querySelectorAll('button, select, input, a[href], summary, canvas')) \
                    .filter((e) => e.checkVisibility() && !e.closest('dialog') && (e.tabIndex < 0 || \
                    !(e.innerText || e.labels?.length || e.getAttribute('aria-label') || e.title || \
                    document.getElementById(e.getAttribute('aria-labelledby'))?.innerText))) \
                    .map((e) => e.outerHTML.slice(0, 120))";
        assert_eq!(page.eval(lost).await?, serde_json::json!([]), "in {:?}", page.kind);
        // The arrow keys of a focused chart move its own readout, not the run.
        let canvas = page.driver.find(By::Css("canvas")).await?;
        canvas.send_keys(Key::Right + Key::Right).await?;
        page.wait_for("document.querySelector('.readout').innerText.length > 0").await?;
        assert_eq!(page.eval(STEP).await?, 20, "in {:?} the run stands where it was", page.kind);
        Ok(())
    });
}

#[test]
fn axe_finds_nothing_to_object_to() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&view.step=20").await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        axe_is_content(page).await
    });
}

/// Asks axe-core about the page as it stands.
pub async fn axe_is_content(page: &Page) -> WebDriverResult<()> {
    let Ok(path) = std::env::var("SNAPSCOPE_AXE") else {
        skip("SNAPSCOPE_AXE does not name axe-core's script");
        return Ok(());
    };
    let axe = std::fs::read_to_string(path).expect("axe-core's script can be read");
    page.driver.execute(axe.as_str(), vec![]).await?;
    let run = "const done = arguments[0]; axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }) \
               .then((result) => done(result.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 3))), \
               (error) => done(['axe: ' + error]));";
    let found: Vec<String> = page.driver.execute_async(run, vec![]).await?.convert()?;
    assert!(found.is_empty(), "in {:?}: {found:#?}", page.kind);
    Ok(())
}

#[test]
fn a_page_that_trains_answers_and_never_hangs() {
    each(async |page| {
        page.open(
            "#v=1&lab=scan-snap&seed=1&data.last_tokens=10&data.next_per_last=2&training.steps=100000&view.pace=max",
        )
        .await?;
        page.wait_within(RUN, &format!("{STEP} > 100")).await?;
        press(page, " ").await?;
        page.wait_for("(() => { const text = document.body.innerText; return text.includes('Play'); })()").await?;
        let before = page.eval(STEP).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(page.eval(STEP).await?, before, "a paused run stands still");
        Ok(())
    });
}
