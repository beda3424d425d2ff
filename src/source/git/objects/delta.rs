//! Deltas: a base and instructions give an object (gitformat-pack, "Deltified representation").

use super::object::{Fault, LARGEST, room};

/// Applies a delta to its base.
pub fn apply(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut rest = delta;
    let (from, to) = (length(&mut rest)?, length(&mut rest)?);
    if from != base.len() as u64 {
        return Err(Fault::Damaged);
    }
    if to > LARGEST as u64 {
        return Err(Fault::TooLarge);
    }
    let to = to as usize;
    let mut made = room(to)?;
    while let Some((&instruction, after)) = rest.split_first() {
        rest = after;
        let piece = if instruction & 0x80 != 0 {
            let start = number(instruction, 4, &mut rest)?;
            let length = match number(instruction >> 4, 3, &mut rest)? {
                0 => 0x1_0000,
                length => length,
            };
            base.get(start..start + length).ok_or(Fault::Damaged)?
        } else {
            // Zero is reserved.
            let (piece, after) = rest.split_at_checked(instruction.into()).ok_or(Fault::Damaged)?;
            rest = after;
            if piece.is_empty() { Err(Fault::Damaged)? } else { piece }
        };
        if piece.len() > to - made.len() {
            return Err(Fault::Damaged);
        }
        made.extend_from_slice(piece);
    }
    if made.len() == to { Ok(made) } else { Err(Fault::Damaged) }
}

/// The length of what a delta makes, from its first bytes.
pub fn length_made(delta: &[u8]) -> Result<u64, Fault> {
    let mut rest = delta;
    length(&mut rest)?;
    length(&mut rest)
}

/// Takes a length, seven bits a byte, the lowest first.
fn length(rest: &mut &[u8]) -> Result<u64, Fault> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or(Fault::Damaged)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Fault::Damaged)
}

/// Takes a number of which only the bytes are there that the lowest `most` bits of `there` name.
fn number(there: u8, most: u32, rest: &mut &[u8]) -> Result<usize, Fault> {
    let mut value = 0;
    for at in 0..most {
        if there & (1 << at) != 0 {
            let (&byte, after) = rest.split_first().ok_or(Fault::Damaged)?;
            *rest = after;
            value |= usize::from(byte) << (8 * at);
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::super::object::Fault;
    use super::{apply, length_made};

    #[test]
    fn copies_and_inserts() {
        // From 10 bytes to 7: five from 2 on, then two of its own.
        let delta = [10, 7, 0b1001_0001, 2, 5, 2, b'x', b'y'];
        assert_eq!(apply(b"0123456789", &delta).as_deref(), Ok(&b"23456xy"[..]));
        assert_eq!(length_made(&delta), Ok(7));
        // A length that is left out is 65 536.
        let long = vec![b'a'; 0x1_0000];
        assert_eq!(apply(&long, &[0x80, 0x80, 4, 0x80, 0x80, 4, 0x80]).as_deref(), Ok(&long[..]));
    }

    #[test]
    fn what_does_not_hold_together_is_damaged() {
        let base = b"0123456789";
        for delta in [
            &[][..],
            &[10],
            &[9, 1, 1, b'x'],                          // another base
            &[10, 2, 1, b'x'],                         // too short
            &[10, 1, 2, b'x', b'y'],                   // too long
            &[10, 1, 2, b'x'],                         // cut
            &[10, 1, 0],                               // reserved
            &[10, 5, 0b1001_0001, 8, 5],               // beyond the base
            &[10, 5, 0b1001_1111, 255, 255, 255, 255], // far beyond it
            &[0xff; 12],                               // a length without end
        ] {
            assert_eq!(apply(base, delta), Err(Fault::Damaged), "{delta:?}");
        }
        assert_eq!(apply(base, &[10, 0xff, 0xff, 0xff, 0xff, 0x7f]), Err(Fault::TooLarge));
    }
}
