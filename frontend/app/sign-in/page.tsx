import { type Metadata } from "next";
import { SignInPage } from "@/components/signin/SignInPage";

export const metadata: Metadata = { title: "Sign in" };

export default function SignInRoute() {
  return <SignInPage />;
}
