/**
 * The database: an embedded PostgreSQL where none is configured, and plain SQL for the rooms that need it.
 *
 * <p>Always true: the embedded server runs with {@code fsync}, {@code full_page_writes} and
 * {@code synchronous_commit} on, or the start is refused; its data folder serves one process at a time; it
 * outlives a process that was killed and is adopted by the next one.
 *
 * <p>Decisions: only the binaries of the well-known test library are used, not the library, because that one is
 * made to forget: it turns {@code fsync} off and trusts every connection. Tables that rows come to by the thousand refer to
 * what is never deleted without foreign keys: {@code references_hold} asks once a statement whether it is there, and
 * {@code stays} keeps it there. A foreign key asks for every row, which was nearly half of the time that taking in orders took.
 */
package dev.zhida.database;
