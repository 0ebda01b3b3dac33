//! Any three texts, apart by NULs, as a catalogue, captions and a teacher's answer: they are read or refused in a sentence, and what is
//! kept becomes samples that read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::labs::tool_use::pipeline::{Form, Scenes, Settings};
use snapscope::labs::tool_use::sample::Writer;
use snapscope::labs::tool_use::{Catalogue, Pipeline, Records, Sample, clean, scene};

fuzz_target!(|bytes: &[u8]| {
    let mut files = bytes.splitn(3, |byte| *byte == 0);
    let [tools, captions, answer] = [files.next(), files.next(), files.next()].map(Option::unwrap_or_default);
    let catalogue = Catalogue::read(tools).unwrap_or_else(|error| {
        assert!(error.to_string().len() < 1000, "a refusal is a sentence: {error}");
        Catalogue::seen()
    });
    for line in String::from_utf8_lossy(answer).lines() {
        if let Ok(kept) = clean::parse(line, &catalogue) {
            assert_eq!(kept.arguments.len(), catalogue.tools()[kept.tool].arguments.len(), "{line}");
        }
    }
    let mut scenes = scene::read(captions, 7).map(|(scenes, _)| scenes).unwrap_or_default();
    scenes.truncate(3);
    let settings = Settings { form: Form::Judged, ..Settings::default() };
    let mut pipeline = Pipeline::new(settings, catalogue, Scenes::Given(scenes), Vec::new());
    let (mut samples, mut writer, mut text) = (Vec::new(), Writer::default(), String::new());
    while pipeline.step(&mut |sample| samples.push(sample)) {}
    samples.iter().for_each(|sample| writer.write(sample, &mut text));
    writer.end(&mut text);
    let mut found = Vec::new();
    let read = Records::read(text.as_bytes(), &mut |record| found.push(Sample::read(&record.value).expect("a sample")));
    assert_eq!((read, found), (Ok(()), samples), "{text}");
});
