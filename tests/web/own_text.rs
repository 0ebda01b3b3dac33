//! A text of the reader's own: pasted, dropped and chosen, run, pinned, swept, refused.

use crate::browser::{Page, each};
use crate::lab::{RUN, STEP, axe_is_content, says};
use snapscope::experiment::Link;
use snapscope::labs::scan_snap::text::Texts;
use snapscope::labs::{self, Library, Piece};
use thirtyfour::prelude::*;

/// A text of some sentences.
fn novel() -> String {
    (0..300).map(|i| format!("The {} cat sat on mat {}. ", ["old", "grey", "wet"][i % 3], i % 17)).collect()
}

/// The link of a run on a text and the digest it natively ends with.
fn native(fragment: &str, name: &str, text: &str) -> (String, String) {
    let mut library = Library::default();
    let size = text.len() as u64;
    let loaded =
        library.get_mut::<Texts>().feed(&Piece::whole(name, text.as_bytes())).expect("a text").expect("all of it");
    let own = format!("data.text=own&data.name={name}&data.size={size}&data.digest={:016x}", loaded.own.digest);
    let fragment = format!("{fragment}&{own}");
    let (link, refused) = Link::parse(&fragment);
    assert_eq!(refused, [], "{fragment}");
    let mut run = labs::start_on(&link.experiment, &library).expect("it fits");
    run.step(u64::MAX).expect("it does not diverge");
    (fragment, run.digest().to_string())
}

/// Hands the page a file made of an expression of parts, by the chooser or by a drop on the page.
async fn hand(page: &Page, parts: &str, name: &str, is_dropped: bool) -> WebDriverResult<()> {
    let way = if is_dropped {
        "const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }); \
         document.querySelector('main').dispatchEvent(event);"
    } else {
        "const field = document.querySelector('.own-text input[type=file]'); field.files = data.files; \
         field.dispatchEvent(new Event('change'));"
    };
    let script = format!("const data = new DataTransfer(); data.items.add(new File({parts}, '{name}')); {way}");
    page.driver.execute(script, vec![]).await.map(|_| ())
}

#[test]
fn a_text_of_ones_own_gives_the_native_bits() {
    let text = novel();
    let parts = format!("[{}]", serde_json::json!(text));
    let start = "#v=1&lab=scan-snap&seed=3&data.kind=text&data.sequence_length=16&training.steps=30";
    let (link, digest) = native(start, "cats.txt", &text);
    each(async |page| {
        // A link to a text that is not here says which one it needs, and takes it.
        page.open(&format!("{link}&view.pace=max&digest={digest}")).await?;
        says(page, "this experiment needs cats.txt").await?;
        axe_is_content(page).await?;
        hand(page, &parts, "cats.txt", false).await?;
        says(page, "different words.").await?;
        page.wait_within(RUN, &format!("{STEP} === 30")).await?;
        page.wait_for(&format!(
            "location.hash.includes('{}')",
            &link[link.find("data.digest").expect("it is there")..]
        ))
        .await?;
        page.driver.find(By::Css("button[aria-haspopup=dialog]:nth-of-type(2)")).await?.click().await?;
        page.wait_for(&format!("document.querySelector('dialog textarea').value.includes('digest={digest}')")).await
    });
}

#[test]
fn a_refused_text_costs_nothing() {
    let text = serde_json::json!(novel());
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&data.kind=text&data.text=raven&training.steps=20&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        for (parts, sentence) in [
            ("['PK\\u0003\\u0004\\u0000']", "no.txt: byte 4 is 0: this is not a text but a binary file"),
            ("['']", "no.txt: the text is empty: it has no words"),
            ("[new Uint8Array(50000001).fill(97)]", "no.txt: the text has 50000001 bytes, at most 50000000 are read"),
        ] {
            hand(page, parts, "no.txt", true).await?;
            says(page, sentence).await?;
        }
        assert_eq!(page.eval(STEP).await?, 20, "in {:?} the run stands where it stood", page.kind);
        assert_eq!(page.eval("location.hash.includes('own')").await?, false, "and is the one it was");

        // Pasted it is read, pinned it is run again by a worker that reads it too, and so it is in a sweep.
        page.driver.find(By::Css(".own-text summary")).await?.click().await?;
        let paste = format!("document.querySelector('.own-text textarea').value = {text};");
        page.driver.execute(paste, vec![]).await?;
        page.driver.find(By::Css(".own-text details button")).await?.click().await?;
        says(page, "pasted text: 2").await?;
        page.wait_within(RUN, &format!("{STEP} === 20 && location.hash.includes('pasted')")).await?;
        let press = "[...document.querySelectorAll('button')].find((b) => b.innerText === 'Pin this run').click();";
        page.driver.execute(press, vec![]).await?;
        says(page, "Pinned. Change a setting").await?;
        let sweep = "document.querySelector('.sweep details').open = true; \
                     const fields = document.querySelectorAll('.sweep .plan input'); \
                     ['1,2', '1', '1', '2'].forEach((text, i) => { \
                     fields[i].value = text; fields[i].dispatchEvent(new Event('input')); }); \
                     document.querySelector('.sweep .row button').click();";
        page.driver.execute(sweep, vec![]).await?;
        says(page, "4 of 4 runs done").await?;
        assert_eq!(
            page.eval("document.querySelectorAll('.notices').length").await?,
            0,
            "in {:?} no run failed",
            page.kind
        );
        page.complaints().await.map(|complaints| assert_eq!(complaints, Vec::<String>::new(), "in {:?}", page.kind))
    });
}

#[test]
fn a_sentence_shows_whom_each_token_looks_at() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&data.kind=text&data.text=raven&training.steps=20&view.step=20").await?;
        page.wait_within(RUN, &format!("{STEP} === 20")).await?;
        let row = page.driver.find(By::Css(".p-sequence .sequence")).await?;
        row.scroll_into_view().await?;
        let last = "document.querySelector('.p-sequence p')?.lastElementChild";
        page.wait_for(&format!("{last}?.classList.contains('distinct')")).await?;
        row.send_keys(Key::Left + Key::Left).await?;
        page.wait_for(&format!(
            "{last}?.previousElementSibling?.previousElementSibling?.classList.contains('distinct')"
        ))
        .await?;
        let readout = "document.querySelector('.p-sequence .readout').innerText";
        let word = format!("{last}?.previousElementSibling?.previousElementSibling?.innerText");
        page.wait_for(&format!("{readout}.startsWith('“' + {word} + '” looks at “')")).await?;
        page.wait_for(&format!(
            "{readout}.endsWith('; the text has “' + {last}?.previousElementSibling?.innerText + '”.')"
        ))
        .await?;
        assert_eq!(page.eval(STEP).await?, 20, "in {:?} arrow keys in the sentence are no steps of the run", page.kind);
        Ok(())
    });
}
