package dev.zhida.marketplace;

/** What became of one row of a report file. */
public sealed interface ReportRow {

    /** The row as a person counts in the file, from 1. */
    int row();

    /** A row that was understood. */
    record Understood(int row, Observation observation) implements ReportRow {}

    /**
     * A row that was not.
     *
     * @param column the column's name as it stands in the file
     * @param reason what is wrong with it, and what to do
     */
    record Refused(int row, String column, String reason) implements ReportRow {}
}
