import { Menu } from "@/components/menu/Menu";

export default function HomePage() {
  return <Menu />;
}
