/**
 * 触点: the log of every observed act on a placement. The room records, stores and classifies touches.
 *
 * <p>Always true: a touch that was answered is durable, in PostgreSQL or in the local spool; no fan is refused because a
 * touch cannot be stored; a touch has one id, made where it was seen, and is stored at most once; the touches of a batch
 * carry its id, and the batch's row says how many they are until they have been counted; what was not a person's act is
 * kept with a named flag and never counted as one.
 *
 * <p>Decisions: the spool is SQLite, because it is synced, checks itself and is one file. It holds touches, not rows of a
 * table, and PostgreSQL takes them by id, so that nobody has to know how an interrupted commit ended. Which version of
 * the traffic rules was in force when stands in {@code traffic_rules}, and what was run again in {@code
 * traffic_rules_run}; touches carry no version, it would cost each of them and tell nothing more.
 */
package dev.zhida.touch;
