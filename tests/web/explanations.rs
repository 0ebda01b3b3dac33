//! The encoding lab in the page: getting there without a reload, the bits, what is looked at, one's own tables, embedding.

use crate::browser::{Page, each};
use crate::lab::{RUN, STEP, axe_is_content, native_digest, press, says};
use snapscope::experiment::Link;
use snapscope::labs::encoding::Files;
use snapscope::labs::{self, Library};
use thirtyfour::prelude::*;

/// A distribution of two inputs, y of x1 where x2 is on, and a map of it that hides x2.
const TABLE: &str =
    "x1,x2,y,p\n0,0,no,.2\n0,0,yes,.05\n0,1,no,.24\n0,1,yes,.01\n1,0,no,.05\n1,0,yes,.2\n1,1,no,.01\n1,1,yes,.24\n";
const MAP: &str = "x1,x2,mask\n0,0,00\n0,1,10\n1,0,00\n1,1,10\n";

async fn click(page: &Page, script: &str) -> WebDriverResult<()> {
    page.wait_for(&format!("{script} !== undefined")).await?;
    page.driver.execute(format!("{script}.click();"), vec![]).await.map(|_| ())
}

#[test]
fn labs_change_in_one_window_and_come_back_to_what_was_left() {
    each(async |page| {
        page.open("#v=1&lab=scan-snap&seed=2&training.eta_y=3&training.steps=30&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 30")).await?;
        page.driver.execute("window.stays = true;", vec![]).await?;
        press(page, "2").await?;
        says(page, "MARG encodes.").await?;
        page.wait_within(RUN, &format!("{STEP} === 11")).await?;
        page.wait_for("location.hash.includes('lab=encoding')").await?;
        assert_eq!(page.eval("document.querySelectorAll('main').length").await?, 1, "in {:?}: one page", page.kind);
        axe_is_content(page).await?;
        page.picture("explanations").await?;
        press(page, "1").await?;
        page.wait_within(RUN, "document.querySelector('.p-scan') !== null").await?;
        page.wait_for("location.hash.includes('training.eta_y=3')").await?;
        page.wait_for("location.hash.includes('lab=scan-snap')").await?;
        press(page, "2").await?;
        says(page, "MARG encodes.").await?;
        assert_eq!(page.eval("window.stays").await?, true, "in {:?}: the window was never loaded anew", page.kind);
        let complaints = page.complaints().await?;
        assert!(complaints.is_empty(), "in {:?} the console stays empty: {complaints:?}", page.kind);
        Ok(())
    });
}

#[test]
fn the_same_link_gives_the_native_scores() {
    let runs = [
        "#v=1&lab=encoding&seed=1",
        "#v=1&lab=encoding&seed=5&subject.law=ternary&explanations.inputs=1",
        "#v=1&lab=encoding&seed=1&scores.by=all-maps",
        "#v=1&lab=encoding&seed=1&subject.kind=images",
        "#v=1&lab=encoding&seed=1&subject.kind=reviews&explanations.inputs=3",
        "#v=1&lab=encoding&seed=1&subject.law=noisy&scores.by=samples&scores.samples=500",
    ]
    .map(|fragment| (fragment, native_digest(fragment)));
    each(async |page| {
        // What is judged is shown: words and patches that are picked.
        let picked = [
            ("reviews", "document.querySelectorAll('.p-words mark').length > 12"),
            ("images", "document.querySelectorAll('.p-images canvas').length === 16"),
        ];
        for (fragment, digest) in &runs {
            page.open(&format!("{fragment}&view.pace=max&digest={digest}")).await?;
            says(page, &format!("Reproduced bit for bit: digest {digest}.")).await?;
            for (_, shown) in picked.iter().filter(|(kind, _)| fragment.contains(kind)) {
                page.wait_for(shown).await?;
                axe_is_content(page).await?;
            }
        }
        Ok(())
    });
}

#[test]
fn all_maps_are_counted_and_alpha_tilts_the_scores() {
    each(async |page| {
        page.open("#v=1&lab=encoding&seed=1&scores.by=all-maps&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 75")).await?;
        // The counts of docs/papers.md 2.4; thin spaces group digits.
        let text = "document.querySelector('.p-maps').innerText.replace(/\\u202f/g, '')";
        let has = |what: &str| format!("{text}.includes('{what}')");
        for what in
            ["16777216 of 16777216 maps: 20140 of them", "1296", "702", "759", "9014323", "9015619", "α > 62.71"]
        {
            page.wait_for(&has(what)).await?;
        }
        let stripe = "[...document.querySelectorAll('.p-table tbody tr')][2].innerText";
        page.wait_for(&format!("{stripe}.includes('−0.8966')")).await?;
        let slide = "const slider = document.getElementById('alpha'); slider.value = 92; \
                     slider.dispatchEvent(new Event('input'));";
        page.driver.execute(slide, vec![]).await?;
        page.wait_for(&format!("!{stripe}.includes('−0.8966')")).await?;
        page.wait_for("location.hash.includes('view.alpha=')").await?;
        assert_eq!(page.eval(STEP).await?, 75, "in {:?}: the run was not started anew", page.kind);
        Ok(())
    });
}

#[test]
fn an_explanation_is_looked_at_by_its_name() {
    each(async |page| {
        page.open("#v=1&lab=encoding&seed=1&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 11")).await?;
        click(page, "[...document.querySelectorAll('.p-table button')].find((it) => it.innerText === 'best tree')")
            .await?;
        says(page, "best tree does not encode.").await?;
        page.wait_for("location.hash.includes('view.class=3')").await?;
        page.wait_for("document.querySelector('.p-table button[aria-pressed=true]').innerText === 'best tree'").await
    });
}

/// The link of a run on own tables and the digest it natively ends with.
fn native() -> (String, String) {
    let mut library = Library::default();
    let file = |name: &str, text: &str| vec![(name.to_owned(), text.as_bytes().to_vec())];
    let table = library.get_mut::<Files>().take_distribution(file("mine.csv", TABLE)).expect("a table");
    let map = library.get_mut::<Files>().take_explanations(file("hides.csv", MAP)).expect("a map");
    let fragment = format!(
        "#v=1&lab=encoding&seed=3&subject.kind=own-table&subject.name={}&subject.size={}&subject.digest={:016x}\
         &explanations.name={}&explanations.size={}&explanations.digest={:016x}",
        table.name, table.size, table.digest, map.name, map.size, map.digest
    );
    let (link, refused) = Link::parse(&fragment);
    assert_eq!(refused, [], "{fragment}");
    let mut run = labs::start_on(&link.experiment, &library).expect("it fits");
    run.step(u64::MAX).expect("it does not diverge");
    (fragment, run.digest().to_string())
}

#[test]
fn tables_of_ones_own_are_scored_to_the_native_bits() {
    let (link, digest) = native();
    let hand = |name: &str, text: &str| {
        format!(
            "const data = new DataTransfer(); data.items.add(new File([{}], '{name}')); \
             const event = new DragEvent('drop', {{ bubbles: true, cancelable: true, dataTransfer: data }}); \
             document.querySelector('main').dispatchEvent(event);",
            serde_json::json!(text)
        )
    };
    each(async |page| {
        page.open("#v=1&lab=encoding&seed=3&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 11")).await?;
        page.driver.execute(hand("bad.csv", "x1,y,p\n0,a,-1\n"), vec![]).await?;
        says(page, "bad.csv: row 2, column p: -1 is not allowed").await?;
        page.driver.execute(hand("mine.csv", TABLE), vec![]).await?;
        says(page, "mine.csv was read.").await?;
        page.driver.execute(hand("hides.csv", MAP), vec![]).await?;
        says(page, "hides.csv was read.").await?;
        page.wait_within(RUN, &format!("{STEP} === 12")).await?;
        click(page, "[...document.querySelectorAll('.p-table button')].find((it) => it.innerText === 'hides')").await?;
        says(page, "hides encodes.").await?;
        let shared = &link[link.find("subject.kind").expect("it is there")..];
        page.wait_for(&format!("location.hash.includes('{shared}')")).await?;
        // The same in another window asks for the files and ends with the same bits.
        page.open("embedding.html").await?;
        page.open(&format!("{link}&view.pace=max&digest={digest}")).await?;
        says(page, "this experiment is about the table mine.csv").await?;
        page.driver.execute(hand("mine.csv", TABLE), vec![]).await?;
        says(page, "mine.csv was read.").await?;
        page.driver.execute(hand("hides.csv", MAP), vec![]).await?;
        page.wait_within(RUN, &format!("{STEP} === 12")).await?;
        click(page, "document.querySelector('button[aria-haspopup=dialog]:nth-of-type(2)')").await?;
        page.wait_for(&format!("document.querySelector('dialog textarea').value.includes('digest={digest}')")).await
    });
}

#[test]
fn a_table_is_typed_from_the_distribution_that_is_shown() {
    each(async |page| {
        page.open("#v=1&lab=encoding&seed=3&view.pace=max").await?;
        page.wait_within(RUN, &format!("{STEP} === 11")).await?;
        page.driver.execute("document.querySelector('.own-text details').open = true;", vec![]).await?;
        page.wait_for("document.querySelector('.own-text textarea').value.startsWith('x1,x2,x3,y,p\\n0,0,0,0,0.1125')")
            .await?;
        let edit = "const area = document.querySelector('.own-text textarea'); \
                    area.value = area.value.replace('0.1125', '0.2').replace('0.0125', '0.3'); \
                    area.parentElement.querySelector('button').click();";
        page.driver.execute(edit, vec![]).await?;
        says(page, "the probabilities add up to 1.375, expected 1 within 0.000001").await
    });
}

#[test]
fn a_sandboxed_frame_shows_an_explanation_and_tells_its_end() {
    each(async |page| {
        let link = "#v=1&lab=encoding&seed=1&view.embed=1&view.panels=told,meter&view.pace=max";
        let address = format!("{}{link}", page.origin);
        let host = format!(
            "<!DOCTYPE html><link rel=icon href='data:,'><iframe sandbox='allow-scripts' src='{address}' \
             width=800 height=600></iframe><script>window.heard = []; \
             addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));</script>"
        );
        page.open_text(&host).await?;
        let digest = native_digest("#v=1&lab=encoding&seed=1");
        page.wait_within(RUN, &format!("window.heard.some((text) => text.includes('{digest}'))")).await
    });
}
