package dev.zhida.settlement;

import dev.zhida.money.Money;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** How money is sent, with the columns of the file that is uploaded there. A bank that wants others gets them here. */
enum PayeeChannel {
    /** Alipay's transfer to many (批量付款). */
    ALIPAY(List.of(
            new Column("商家订单号（必填）", PayoutLine::number),
            new Column("收款支付宝账号（必填）", line -> line.payee().account()),
            new Column("收款方姓名（必填）", line -> line.payee().name()),
            new Column("金额（必填，单位：元）", line -> line.net().yuan()),
            new Column("备注（选填）", PayoutLine::remark))),
    /** A bank's transfer to many (批量转账), with the columns that most have in common. */
    BANK(List.of(
            new Column("业务流水号", PayoutLine::number),
            new Column("收款账号", line -> line.payee().account()),
            new Column("收款户名", line -> line.payee().name()),
            new Column("收款银行", line -> line.payee().bank()),
            new Column("金额", line -> line.net().yuan()),
            new Column("用途", PayoutLine::remark)));

    /** One column of the file. */
    record Column(String header, Function<PayoutLine, String> cell) {}

    /** What the file tells of one item. */
    record PayoutLine(UUID itemId, Payee payee, Money net, String month) {
        /** 32 digits and letters: banks take no hyphens. */
        String number() {
            return itemId.toString().replace("-", "");
        }

        String remark() {
            return month + " 推广佣金";
        }
    }

    private final List<Column> columns;

    PayeeChannel(List<Column> columns) {
        this.columns = columns;
    }

    List<Column> columns() {
        return columns;
    }
}
