// SPDX-License-Identifier: Apache-2.0

/// The files that make the page.
enum PageFiles {
    /// Files of the page by the path of their URL, with their media types.
    static let all: [String: (type: String, bytes: [UInt8])] = [
        "/": ("text/html; charset=utf-8", PackageResources.index_html),
        "/page.css": ("text/css; charset=utf-8", PackageResources.page_css),
        "/blocks.js": ("text/javascript; charset=utf-8", PackageResources.blocks_js),
        "/drawing.js": ("text/javascript; charset=utf-8", PackageResources.drawing_js),
        "/panel.js": ("text/javascript; charset=utf-8", PackageResources.panel_js),
        "/rates.js": ("text/javascript; charset=utf-8", PackageResources.rates_js),
        "/shapes.js": ("text/javascript; charset=utf-8", PackageResources.shapes_js),
        "/page.js": ("text/javascript; charset=utf-8", PackageResources.page_js),
    ]
}
