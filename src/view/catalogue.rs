//! A catalogue of tools while it is edited: its tools as texts, what changes with a name, and the file they make. Whether they fit
//! each other is for the engine to say, which reads that file like any other.

use crate::protocol::ToolTexts;
use serde::Serialize;

/// Kinds of arguments, as files name them.
pub const KINDS: [&str; 8] = ["image", "object", "thing", "question", "style", "description", "region", "text"];
/// Most arguments of a tool.
pub const MOST_ARGUMENTS: usize = 5;

/// A tool that is still to be described.
#[must_use]
pub fn blank() -> ToolTexts {
    let (name, usage, after) = (String::new(), String::new(), String::new());
    let arguments = vec![KINDS[0].to_owned()];
    ToolTexts { name, also: Vec::new(), usage, arguments, returns: KINDS[0].to_owned(), after, asks: Vec::new() }
}

/// How a tool is listed: by its number, as sentences about a file name it, and its name.
#[must_use]
pub fn listed(at: usize, tool: &ToolTexts) -> String {
    format!("{}. {}", at + 1, tool.name)
}

/// Gives a tool another name, also where others come after it.
pub fn rename(tools: &mut [ToolTexts], at: usize, name: &str) {
    let Some(tool) = tools.get_mut(at) else { return };
    let old = core::mem::replace(&mut tool.name, name.to_owned());
    tools
        .iter_mut()
        .filter(|tool| !old.is_empty() && tool.after == old)
        .for_each(|tool| name.clone_into(&mut tool.after));
}

/// Sets an argument of a tool by its place, or leaves it out where the kind is empty.
pub fn set_argument(tool: &mut ToolTexts, at: usize, kind: &str) {
    match (at < tool.arguments.len(), kind.is_empty()) {
        (true, true) => drop(tool.arguments.remove(at)),
        (true, false) => kind.clone_into(&mut tool.arguments[at]),
        (false, false) => tool.arguments.push(kind.to_owned()),
        (false, true) => {}
    }
}

/// Names or sentences apart by a mark, without what is blank.
#[must_use]
pub fn parts(text: &str, mark: char) -> Vec<String> {
    text.split(mark).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The catalogue as a file: a JSON list without fields that say nothing.
#[must_use]
pub fn file(tools: &[ToolTexts]) -> String {
    let tools: Vec<Tool> = tools.iter().map(Tool::of).collect();
    serde_json::to_string_pretty(&tools).expect("names are texts, and nothing else can fail") + "\n"
}

/// A tool in a file.
#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    #[serde(rename = "use")]
    usage: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    returns: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    after: &'a str,
    arguments: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    asks: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    also: &'a [String],
}

impl<'a> Tool<'a> {
    fn of(tool: &'a ToolTexts) -> Self {
        let ToolTexts { name, also, usage, arguments, returns, after, asks } = tool;
        Self { name, usage, returns, after, arguments, asks, also }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Link;
    use crate::labs::tool_use::Catalogue;
    use crate::labs::tool_use::catalogue::{Argument, MAX_ARGUMENTS};
    use crate::protocol::{Command, Event};
    use crate::session::Session;

    /// The tools of an experiment as the page gets them.
    fn tools(fragment: &str) -> Vec<ToolTexts> {
        let experiment = Link::parse(fragment).0.experiment;
        let Some(Event::Catalogued { tools }) = Session::default().apply(Command::Catalogue { experiment }).pop()
        else {
            panic!("tools")
        };
        tools.expect("a catalogue")
    }

    #[test]
    fn kinds_are_those_that_files_name() {
        assert_eq!(KINDS.to_vec(), Argument::ALL.map(Argument::name).to_vec());
        assert_eq!(MOST_ARGUMENTS, MAX_ARGUMENTS);
    }

    #[test]
    fn a_catalogue_comes_back_from_its_file_whole() {
        for (tools_are, wanted) in [("seen", Catalogue::seen()), ("unseen", Catalogue::unseen())] {
            let texts = tools(&format!("#v=1&lab=tool-use&data.tools={tools_are}"));
            let read = Catalogue::read(file(&texts).as_bytes()).expect("what is written is read");
            assert_eq!(read, wanted, "{tools_are}");
        }
        let odd = ToolTexts { usage: "say \"<b>hi</b>\" \\ 猫".to_owned(), ..blank() };
        let named = |name: &str| ToolTexts { name: name.to_owned(), ..odd.clone() };
        let read = Catalogue::read(file(&[named("A"), named("<i>B</i>")]).as_bytes()).expect("quotes are written");
        assert_eq!((read.tools()[1].name.as_str(), &read.tools()[0].usage), ("<i>B</i>", &odd.usage));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_the_sentences_of_files() {
        let mut all = tools("#v=1&lab=tool-use");
        let refused =
            |tools: &[ToolTexts]| Catalogue::read(file(tools).as_bytes()).expect_err("no catalogue").to_string();
        all.push(blank());
        assert!(refused(&all).starts_with("tool 24, field name: "), "{}", refused(&all));
        let name = all[0].name.clone();
        rename(&mut all, 23, &name);
        "once".clone_into(&mut all[23].usage);
        assert!(refused(&all).contains("which is a name of tool 1 already"), "{}", refused(&all));
        assert!(refused(&all[..1]).contains("expected a list of 2 to 99 tools"));
        assert!(refused(&[]).contains("expected a list of 2 to 99 tools"));
    }

    #[test]
    fn a_new_name_goes_along_to_those_that_come_after() {
        let mut all = tools("#v=1&lab=tool-use");
        let after = all.iter().position(|tool| !tool.after.is_empty()).expect("a chain");
        let before = all.iter().position(|tool| tool.name == all[after].after).expect("its first tool");
        rename(&mut all, before, "First");
        assert_eq!(all[after].after, "First");
        assert!(Catalogue::read(file(&all).as_bytes()).is_ok());
        // A tool without a name is no one's first: naming it gives nobody a tool to come after.
        all.push(blank());
        let (last, chained) = (all.len() - 1, all.iter().filter(|tool| !tool.after.is_empty()).count());
        rename(&mut all, last, "New");
        assert_eq!(all.iter().filter(|tool| !tool.after.is_empty()).count(), chained);
        rename(&mut all, 999, "nobody");
    }

    #[test]
    fn arguments_and_lists_are_edited_place_by_place() {
        let mut tool = blank();
        set_argument(&mut tool, 1, "object");
        set_argument(&mut tool, 4, "text");
        set_argument(&mut tool, 4, "");
        assert_eq!(tool.arguments, ["image", "object", "text"]);
        set_argument(&mut tool, 0, "");
        set_argument(&mut tool, 0, "region");
        assert_eq!(tool.arguments, ["region", "text"]);
        assert_eq!(parts(" find it \n\n show {object}\n", '\n'), ["find it", "show {object}"]);
        assert_eq!(parts(" , ,", ','), Vec::<String>::new());
        assert_eq!(listed(2, &ToolTexts { name: "Cut".to_owned(), ..blank() }), "3. Cut");
    }
}
