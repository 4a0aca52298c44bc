package dev.zhida.marketplace;

import dev.zhida.marketplace.MarketplaceFailure.Kind;
import java.util.regex.Pattern;

/** What to do about a failure whose code says nothing to us, told by the marketplace's own words. */
public final class FailureWords {

    private static final Pattern TOO_LATE = Pattern.compile("90\\s*(天|日|days?)", Pattern.CASE_INSENSITIVE);

    /** The request was stamped too early or too late: another one has another stamp. */
    private static final Pattern CLOCK = Pattern.compile(
            "(时间戳|timestamp)(?!.{0,8}(跨度|间隔|范围|区间|span|range|window))|服务器时间|系统时间|server time|时钟|\\bclock",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern SLOW = Pattern.compile(
            "(处理|响应)时间|(处理|响应|服务|系统|请求|连接|网关|process|respon|service|request|read|connect|gateway).{0,12}"
                    + "(超时|time.?out|timed out)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern TOO_OFTEN = Pattern.compile(
            "rate.{0,8}limit|frequen|too many (request|call)|throttl|频繁|频率|限流|流控|过快|间隔.{0,4}[过太]短",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern TOO_LONG = Pattern.compile(
            "(时间|间隔|跨度|区间|范围|span|window|range).{0,20}"
                    + "(超过|超出|超限|不[能得可]超|不超|大于|[过太][长大]|小时|too (long|large|wide)|longer|exceed|hours?)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern THROTTLED = Pattern.compile("limit|too many", Pattern.CASE_INSENSITIVE);
    private static final Pattern ITEM = Pattern.compile(
            "商品.{0,8}(不存在|不在|下架|未|没有|无效|失效)" + "|(item|product|goods).{0,12}(is not in|not found|not exist|off.?shelf)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NOT_AUTHORISED = Pattern.compile(
            "\\bsign|signature|token|session|permission|authori|app.?key|client.?id|app.?id|签名|授权|权限|白名单",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern CALLER = Pattern.compile("param|invalid|illegal|参数|非法|格式", Pattern.CASE_INSENSITIVE);

    private FailureWords() {}

    /** The kind that the words suggest; {@code otherwise} if they suggest none. */
    public static Kind kind(String words, Kind otherwise) {
        if (words == null) {
            return otherwise;
        }
        if (TOO_LATE.matcher(words).find()) {
            return Kind.TOO_LATE;
        }
        // Clocks and rates have times and windows too; halving ours would not help.
        if (CLOCK.matcher(words).find() || SLOW.matcher(words).find()) {
            return Kind.PLATFORM;
        }
        if (TOO_OFTEN.matcher(words).find()) {
            return Kind.THROTTLED;
        }
        if (TOO_LONG.matcher(words).find()) {
            return Kind.WINDOW_TOO_LONG;
        }
        if (THROTTLED.matcher(words).find()) {
            return Kind.THROTTLED;
        }
        if (ITEM.matcher(words).find()) {
            return Kind.ITEM;
        }
        if (NOT_AUTHORISED.matcher(words).find()) {
            return Kind.NOT_AUTHORISED;
        }
        return CALLER.matcher(words).find() ? Kind.CALLER : otherwise;
    }
}
