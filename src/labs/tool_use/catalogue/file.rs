//! Catalogues of others, from JSON. Knows their fields; whether tools fit each other is for the catalogue to say.

use super::{Argument, Catalogue, CatalogueError, MAX_BYTES, Returns, Tool};
use crate::labs::tool_use::json::{self, Json};

impl Catalogue {
    /// Reads a JSON list of objects with `name`, `use`, `arguments` (kinds by their names), and as needed `returns` (`"image"`, else
    /// a placeholder), `after` (a tool's name), `asks` and `also` (lists of texts). Other fields do not count.
    ///
    /// # Errors
    /// Says what is wrong, and where.
    pub fn read(bytes: &[u8]) -> Result<Self, CatalogueError> {
        if bytes.len() > MAX_BYTES {
            return Err(CatalogueError::TooLong { bytes: bytes.len() });
        }
        let text =
            core::str::from_utf8(bytes).map_err(|error| CatalogueError::NotText { byte: error.valid_up_to() })?;
        let body = text.trim_start_matches('\u{feff}');
        let value =
            json::read(body).map_err(|byte| CatalogueError::NotJson { byte: text.len() - body.len() + byte })?;
        let Some(items) = value.items() else { return Err(CatalogueError::Tools { found: value.describe() }) };
        let tools = items.iter().zip(1..).map(|(item, number)| Fields { number, item }.tool());
        Self::new(tools.collect::<Result<_, _>>()?)
    }
}

/// An object that should be a tool.
struct Fields<'a> {
    number: usize,
    item: &'a Json,
}

impl Fields<'_> {
    fn refuse<T>(&self, field: &'static str, found: Option<&Json>, expected: &str) -> Result<T, CatalogueError> {
        let found = found.map_or_else(|| "nothing".to_owned(), Json::describe);
        Err(CatalogueError::Field { tool: self.number, field, found, expected: expected.to_owned() })
    }

    fn text(&self, field: &'static str, default: Option<&str>) -> Result<String, CatalogueError> {
        match (self.item.get(field), default) {
            (Some(Json::Text(text)), _) => Ok(text.clone()),
            (None, Some(default)) => Ok(default.to_owned()),
            (other, _) => self.refuse(field, other, "a text"),
        }
    }

    fn texts(&self, field: &'static str) -> Result<Vec<String>, CatalogueError> {
        let Some(value) = self.item.get(field) else { return Ok(Vec::new()) };
        let items = value.items().unwrap_or_default();
        let texts: Vec<String> = items.iter().filter_map(Json::text).map(str::to_owned).collect();
        if value.items().is_some() && texts.len() == items.len() {
            Ok(texts)
        } else {
            self.refuse(field, Some(value), "a list of texts")
        }
    }

    /// The tool and the name of the one it comes after.
    fn tool(&self) -> Result<(Tool, String), CatalogueError> {
        let mut arguments = Vec::new();
        for name in self.texts("arguments")? {
            let Some(argument) = Argument::ALL.into_iter().find(|argument| argument.name() == name) else {
                let known = Argument::ALL.map(Argument::name).join(", ");
                return self.refuse("arguments", Some(&Json::Text(name)), &format!("some of {known}"));
            };
            arguments.push(argument);
        }
        let tool = Tool {
            name: self.text("name", None)?,
            also: self.texts("also")?,
            usage: self.text("use", None)?,
            arguments,
            after: None,
            returns: match self.text("returns", Some("image"))? {
                image if image == "image" => Returns::Image,
                text => Returns::Text(text),
            },
            asks: self.texts("asks")?,
        };
        Ok((tool, self.text("after", Some(""))?))
    }
}
