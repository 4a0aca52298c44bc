package dev.zhida.marketplace;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Tells the addresses of the public internet from those of our own networks and machines. */
final class PublicAddresses {

    private PublicAddresses() {}

    /** Whether everybody may reach it: none of the special-purpose ranges of RFC 6890 and its registry. */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        var bytes = address.getAddress();
        var a = bytes[0] & 0xFF;
        var b = bytes[1] & 0xFF;
        var c = bytes[2] & 0xFF;
        if (address instanceof Inet4Address) {
            return !(a == 0
                    || a >= 240
                    || (a == 100 && b >= 64 && b < 128)
                    || (a == 192 && b == 0 && (c == 0 || c == 2))
                    || (a == 192 && b == 88 && c == 99)
                    || (a == 198 && (b == 18 || b == 19))
                    || (a == 198 && b == 51 && c == 100)
                    || (a == 203 && b == 0 && c == 113));
        }
        // Of IPv6 the global unicast range, without documentation, tunnels (6to4, Teredo) and protocol addresses.
        var isGlobalUnicast = (a & 0xE0) == 0x20;
        var isProtocol = a == 0x20 && b == 0x01 && (c & 0xFE) == 0;
        var isDocumentation = (a == 0x20 && b == 0x01 && c == 0x0D && (bytes[3] & 0xFF) == 0xB8)
                || (a == 0x3F && b == 0xFF && (c & 0xF0) == 0);
        var isSixToFour = a == 0x20 && b == 0x02;
        return isGlobalUnicast && !isProtocol && !isDocumentation && !isSixToFour;
    }
}
