/**
 * What a creator posts: placements with their codes and tokens, made together in a link kit.
 *
 * <p>A pasted text is read in three steps: {@code PastedText} finds stretches, {@code TokenAttempt} the 14 places in them
 * that may be a token, {@code TokenRepair} what was meant. Pictures are drawn from outlines, without the JDK's fonts.
 *
 * <p>Making a kit asks no marketplace. What a marketplace has to make, its own link and its own token, is wanted by a row
 * that is written with the placement; a job asks for it, within the account's rate, as often as it takes. A row has one
 * asker at a time, whose claim ends when it dies; the answer is written as a whole by whoever still has the claim. What
 * will not be made says why, and is asked again when the account's connection changes or the kit is asked for again.
 *
 * <p>Always true: a placement has one code, and asking for the same place and campaign again gives the same placement as
 * long as it has not ended; a destination is an https address of a marketplace; link and token of one offer hold different slots; a token
 * that was harmed too much is refused, not guessed; a template puts nothing where its host app forbids it;
 * a placement has one marketplace's token at a time; a link that somebody else made is posted only if it shows our PID,
 * and one that the marketplace made for us only if it shows no other.
 */
package dev.zhida.link;
