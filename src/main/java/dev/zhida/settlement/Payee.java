package dev.zhida.settlement;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Where a creator or an agency is paid.
 *
 * @param account an Alipay account, or a bank account's number
 * @param bank the bank's name; {@code null} for Alipay
 * @param blockedReason why the holder is not to be paid; {@code null} if there is no such reason
 */
record Payee(PayeeChannel channel, String name, String account, String bank, String blockedReason) {

    /** Of a row that has the columns of the table. */
    static Payee of(ResultSet row) throws SQLException {
        return new Payee(
                PayeeChannel.valueOf(row.getString("channel")),
                row.getString("name"),
                row.getString("account"),
                row.getString("bank"),
                row.getString("blocked_reason"));
    }

    /** The account's last four characters: more people read a payout than may see where somebody is paid. */
    String accountEnd() {
        return "…" + account.substring(Math.max(0, account.length() - 4));
    }

    /** For those who have to tell two apart. */
    String shortly() {
        return channel + " " + (bank == null ? "" : bank + " ") + name + " " + accountEnd();
    }
}
