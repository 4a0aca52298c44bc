package dev.zhida.settlement;

/**
 * Where a creator is paid.
 *
 * @param account an Alipay account, or a bank account's number
 * @param bank the bank's name; {@code null} for Alipay
 * @param blockedReason why she is not to be paid; {@code null} if she may be
 */
record Payee(PayeeChannel channel, String name, String account, String bank, String blockedReason) {}
