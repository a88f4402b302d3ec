// Before the page is drawn: scripts run here, so what only they can serve may show.
document.documentElement.classList.add("js");
