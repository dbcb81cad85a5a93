"""The built-in WhatsApp, so that Sapa can be tried with nothing but itself. Its page is in `bot/simulator_page/`."""
