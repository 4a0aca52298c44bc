/**
 * 触点: the log of every observed act on a placement. The room records, stores and classifies touches.
 *
 * <p>Always true: a touch that was answered is durable, in PostgreSQL or in the local spool; no fan is refused because a
 * touch cannot be stored; a touch has one id, made where it was seen, and is in the log at most once; what was not a person's act is
 * kept with a named flag and never counted as one.
 *
 * <p>Decisions: a group commit is one row with the touches as they are sent, because a fan waits for it: storing them in
 * the log with its indexes costs more, and costs less where many are stored at once by {@link
 * dev.zhida.touch.TouchInbox}, a moment later. The spool is SQLite, because it is synced, checks itself and is one file. It holds touches, not rows of a
 * table, and PostgreSQL takes them by id, so that nobody has to know how an interrupted commit ended. Which version of
 * the traffic rules was in force when stands in {@code traffic_rules}, and what was run again in {@code
 * traffic_rules_run}; touches carry no version, it would cost each of them and tell nothing more.
 */
package dev.zhida.touch;
