package dev.zhida.sandbox;

import java.util.List;
import java.util.SplittableRandom;

/**
 * An item that follows from its id alone, so every id that is well formed has one; but for those that end with
 * {@value #UNKNOWN}, which no vendor knows.
 *
 * @param id the id that stays the same: of a Taobao id {@code A-B} the part B
 * @param priceFen before the coupon
 * @param couponFen 0 for none
 * @param rate the commission, of ten thousand
 * @param subsidyRate what the marketplace adds, of ten thousand; often 0
 */
record Item(
        Vendor vendor,
        String id,
        String title,
        String shop,
        long shopId,
        String category,
        long priceFen,
        long couponFen,
        int rate,
        int subsidyRate) {

    /** How the ids of items end that no vendor knows. */
    static final String UNKNOWN = "0000";

    private static final List<String> FIRST = List.of("复古", "轻奢", "法式", "新中式", "日系", "加厚", "宽松", "手工");
    private static final List<String> SECOND = List.of("羊毛", "真丝", "纯棉", "小羊皮", "亚麻", "陶瓷", "实木", "不锈钢");
    private static final List<String> THIRD = List.of("大衣", "衬衫", "乐福鞋", "茶具", "四件套", "保温杯", "收纳盒", "台灯");
    private static final List<String> SHOP = List.of("云裳", "木棉", "青禾", "拾光", "南巷", "白露");
    private static final List<String> CATEGORY = List.of("女装/女士精品", "女鞋", "家居饰品", "餐饮具", "床上用品", "灯具");

    static Item of(Vendor vendor, String id) {
        var dice = new SplittableRandom(
                mix(id.hashCode() * 31L + vendor.marketplace().hashCode()));
        var price = 1_990L + dice.nextInt(980) * 100;
        var coupon = dice.nextInt(3) == 0 ? Math.min(price / 5, 5_000L) / 100 * 100 : 0;
        var shop = dice.nextInt(SHOP.size());
        return new Item(
                vendor,
                id,
                pick(FIRST, dice) + pick(SECOND, dice) + pick(THIRD, dice) + " " + (dice.nextInt(900) + 100),
                SHOP.get(shop) + "旗舰店",
                10_000_000L + shop,
                pick(CATEGORY, dice),
                price,
                coupon,
                100 + dice.nextInt(300) * 10,
                vendor == Vendor.TAOBAO && dice.nextInt(5) == 0 ? 50 + dice.nextInt(20) * 10 : 0);
    }

    boolean known() {
        return !id.endsWith(UNKNOWN);
    }

    /** What a buyer pays for one. */
    long paidFen() {
        return priceFen - couponFen;
    }

    /** Where its picture would be; nothing answers there. */
    String picture() {
        return switch (vendor) {
            case TAOBAO -> "//img.alicdn.com/bao/uploaded/sandbox/" + id + ".jpg";
            case JD -> "https://img14.360buyimg.com/n1/sandbox/" + id + ".jpg";
            case PDD -> "https://img.pddpic.com/sandbox/" + id + ".jpeg";
            case PANGOLIN, BUYIN -> "https://p3-aio.ecombdimg.com/sandbox/" + id + ".jpg";
        };
    }

    /** The numeric id that stands beside the alliance's own. */
    long number() {
        return 100_000_000_000L + Math.floorMod(mix(id.hashCode()), 899_999_999_999L);
    }

    private static String pick(List<String> words, SplittableRandom dice) {
        return words.get(dice.nextInt(words.size()));
    }

    static long mix(long value) {
        var mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
