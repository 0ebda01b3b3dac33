//! The form itself: an 8-byte length, a JSON header, then the numbers. Knows tensors, not what they are for.

use super::FileError;
use crate::json::{self, Json, read};
use crate::transformer::text::{shortened, sort};
use core::ops::Range;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Longest header that is read, as in the `safetensors` crate.
pub(super) const LONGEST_HEADER: usize = 100_000_000;

/// A tensor of a file: any type, any shape, its bytes checked to be there and its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its type as written: `F32`.
    pub dtype: String,
    /// Its shape; empty for a single number.
    pub shape: Vec<usize>,
    range: Range<usize>,
}

/// A file's header, checked against its bytes.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Names and texts beside the tensors.
    pub metadata: Vec<(String, String)>,
    /// The tensors, in the order of their bytes.
    pub tensors: Vec<Tensor>,
    data: &'a [u8],
}

/// Bytes of one number of a type; `None` for types that come in parts of a byte or are unknown.
fn width(dtype: &str) -> Option<u64> {
    match dtype {
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" => Some(1),
        "U16" | "I16" | "F16" | "BF16" => Some(2),
        "U32" | "I32" | "F32" => Some(4),
        "U64" | "I64" | "F64" | "C64" => Some(8),
        _ => None,
    }
}

impl<'a> File<'a> {
    /// Reads a header.
    ///
    /// # Errors
    /// Says what does not hold, and of which tensor.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FileError> {
        let too_short = |expected| FileError::Truncated { found: bytes.len(), expected };
        let (length, rest) = bytes.split_first_chunk::<8>().ok_or(too_short(8))?;
        let length = u64::from_le_bytes(*length);
        if length > LONGEST_HEADER as u64 {
            return Err(FileError::LongHeader { found: length });
        }
        let length = length as usize;
        let (header, data) = rest.split_at_checked(length).ok_or(too_short(8 + length))?;
        let text = core::str::from_utf8(header).map_err(|error| FileError::Header { at: error.valid_up_to() })?;
        let Json::Object(fields) = read(text).map_err(|at| FileError::Header { at })? else {
            return Err(FileError::Header { at: 0 });
        };
        let (mut metadata, mut tensors) = (Vec::new(), Vec::with_capacity(fields.len()));
        for (name, value) in fields {
            if name == "__metadata__" {
                metadata = texts(value)?;
            } else {
                tensors.push(tensor(name, value, data.len())?);
            }
        }
        Ok(Self { metadata, tensors: in_order(tensors, data.len())?, data })
    }

    /// The tensor of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// The numbers of a tensor of type `F32` or `BF16`.
    ///
    /// # Errors
    /// Says which type it is of instead.
    pub fn numbers(&self, tensor: &Tensor) -> Result<Vec<f32>, FileError> {
        let data = &self.data[tensor.range.clone()];
        match tensor.dtype.as_str() {
            "F32" => Ok(bytemuck::pod_collect_to_vec(data)),
            "BF16" => Ok(data.as_chunks::<2>().0.iter().map(|two| widened(u16::from_le_bytes(*two))).collect()),
            _ => Err(FileError::Type { name: shortened(&tensor.name), found: shortened(&tensor.dtype) }),
        }
    }
}

/// Metadata: names and texts, nothing else.
fn texts(value: Json) -> Result<Vec<(String, String)>, FileError> {
    let refused = || FileError::Entry { name: "__metadata__".to_owned() };
    let Json::Object(fields) = value else { return Err(refused()) };
    let mut found = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let Json::Text(text) = value else { return Err(refused()) };
        found.push((name, text));
    }
    Ok(found)
}

fn tensor(name: String, value: Json, data_len: usize) -> Result<Tensor, FileError> {
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    let refused = |name: &str| FileError::Entry { name: shortened(name) };
    let Json::Object(fields) = value else { return Err(refused(&name)) };
    for (field, value) in fields {
        match (field.as_str(), value) {
            ("dtype", Json::Text(text)) => dtype = Some(text),
            ("shape", Json::List(items)) => shape = whole(&items),
            ("data_offsets", Json::List(items)) => offsets = whole(&items),
            _ => return Err(refused(&name)),
        }
    }
    let (Some(dtype), Some(shape), Some(offsets)) = (dtype, shape, offsets) else { return Err(refused(&name)) };
    let [start, end] = offsets[..] else { return Err(refused(&name)) };
    let count = shape.iter().try_fold(1_u64, |count, &size| count.checked_mul(size));
    // Types whose numbers share bytes are measured by no one here: their range only has to lie within the data.
    let expected = width(&dtype).map_or(end.checked_sub(start), |width| count?.checked_mul(width));
    if start > end || end > data_len as u64 || expected != Some(end - start) {
        return Err(FileError::Range { name: shortened(&name), start, end, found: data_len });
    }
    // No size is above 2^32 where the data fits this machine's memory, but for shapes that a zero makes empty.
    let shape = shape.into_iter().map(|size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    Ok(Tensor { name, dtype, shape, range: start as usize..end as usize })
}

fn whole(items: &[Json]) -> Option<Vec<u64>> {
    let number = |item: &Json| if let Json::Whole(number) = item { u64::try_from(*number).ok() } else { None };
    items.iter().map(number).collect()
}

/// Sorts tensors by their bytes, which must follow each other from first to last; and no name twice.
fn in_order(tensors: Vec<Tensor>, data_len: usize) -> Result<Vec<Tensor>, FileError> {
    let mut order: Vec<u32> = (0..tensors.len() as u32).collect();
    sort(&mut order, &mut |a, b| tensors[a].name.cmp(&tensors[b].name).then(a.cmp(&b)));
    for two in order.windows(2) {
        let name = &tensors[two[1] as usize].name;
        if tensors[two[0] as usize].name == *name {
            return Err(FileError::Repeated { name: shortened(name) });
        }
    }
    let place = |i: usize| (tensors[i].range.start, tensors[i].range.end, i);
    sort(&mut order, &mut |a, b| place(a).cmp(&place(b)));
    let mut expected = 0;
    let mut sorted = Vec::with_capacity(tensors.len());
    for i in order {
        let tensor = &tensors[i as usize];
        if tensor.range.start != expected {
            return Err(FileError::Order { name: shortened(&tensor.name), start: tensor.range.start, expected });
        }
        expected = tensor.range.end;
        sorted.push(tensor.clone());
    }
    if expected == data_len { Ok(sorted) } else { Err(FileError::Length { found: data_len, expected }) }
}

/// What numbers are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// As they are.
    F32,
    /// In half the bytes: the upper half of each, rounded, to three digits.
    Bf16,
}

impl Dtype {
    fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::Bf16 => "BF16",
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::Bf16 => 2,
        }
    }
}

/// The upper half of a number's bits, rounded to the nearer, of equally near to the even; for finite numbers.
fn halved(value: f32) -> u16 {
    let bits = value.to_bits();
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

fn widened(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}

/// A number as it comes back from a file of that type.
#[must_use]
pub fn rounded(value: f32, dtype: Dtype) -> f32 {
    match dtype {
        Dtype::F32 => value,
        Dtype::Bf16 => widened(halved(value)),
    }
}

/// The header of a file of one type, tensors in the order of their bytes.
struct Header<'a> {
    metadata: &'a [(&'a str, &'a str)],
    tensors: &'a [(&'a str, &'a [usize], &'a [f32])],
    dtype: Dtype,
}

/// The header's entry of one tensor.
#[derive(Serialize)]
struct Entry<'a> {
    dtype: &'static str,
    shape: &'a [usize],
    data_offsets: [usize; 2],
}

/// The header's texts beside the tensors.
struct Metadata<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("__metadata__", &Metadata(self.metadata))?;
        let mut start = 0;
        for &(name, shape, values) in self.tensors {
            let end = start + self.dtype.bytes() * values.len();
            map.serialize_entry(name, &Entry { dtype: self.dtype.name(), shape, data_offsets: [start, end] })?;
            start = end;
        }
        map.end()
    }
}

/// Writes tensors, in order, beside metadata.
pub fn write(metadata: &[(&str, &str)], tensors: &[(&str, &[usize], &[f32])], dtype: Dtype) -> Vec<u8> {
    let mut header = json::write(&Header { metadata, tensors, dtype });
    let end: usize = tensors.iter().map(|(.., values)| dtype.bytes() * values.len()).sum();
    // The form asks that the data be aligned; blanks fill the header up.
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut out = Vec::with_capacity(8 + header.len() + end);
    out.extend((header.len() as u64).to_le_bytes());
    out.extend(header.as_bytes());
    for (_, _, values) in tensors {
        match dtype {
            Dtype::F32 => out.extend_from_slice(bytemuck::cast_slice(values)),
            Dtype::Bf16 => out.extend(values.iter().flat_map(|value| halved(*value).to_le_bytes())),
        }
    }
    out
}

/// A shape as text: `[2,3]`.
pub(super) fn sizes(sizes: &[usize]) -> String {
    json::write(&sizes)
}
